#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The core file of a cell that failed, before a debugger on the host that has the guest's program: it shows the line of the access, the
# address it was given, its stack. unit/cellctl-core looks at every register of a record that was made up; here it is the hypervisor's.
# set: full on qemu-arm64-ds0
# program: tests/system/host/core.sh
# files: BUILD/tests/word
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
. /lib/bulkhead/probes.sh

fails() { # PROBE: its core file goes to the host, its text and record stay here
	check "$1: runs [UX-001]" probe_run "$1" 0
	record_read
	is "$1: is ended for it [UX-001]" "$record_state $record_cause" "failed memory-$1"
	check "$1: a core file [UX-011]" cellctl core probe -o /tmp/core
	base64 /tmp/core | sed "s/^/# core of $1: /"
	mv /tmp/text "/tmp/$1.text"
	mv /tmp/record "/tmp/$1.record"
	check "$1: destroy [RUN-001]" cellctl destroy probe
}

said() { sed -n "s/^$1: $2//p" /tmp/debugger; } # PROBE REGEX: what is behind it

debugged() { # PROBE
	cp "/tmp/$1.record" /tmp/record
	record_read
	frame=$(said "$1" 'bt: #0  *')
	like "$1: bt begins with the line of the access [UX-011]" "$frame" "^(0x[0-9a-f]+ in )?attack_$1 \(.*\) at $(said "$1" 'line ')\$"
	attacked=$(sed -n 's/^attack: //p' "/tmp/$1.text")
	given=$(echo "$frame" | sed -n 's/.*(address=\(address@entry=\)*\([0-9]*\).*/\2/p')
	check "$1: with the address it was given [UX-011]" same_number "$given" "$attacked"
	check "$1: its pc is the report's [UX-011]" same_number "$(said "$1" 'pc ')" "$record_pc"
	used=$(said "$1" 'stack ')
	check "$1: its sp is on its stack [UX-011]" test "$used" -gt 0 -a "$used" -lt 1024
}

check "enable [RUN-001]" bulkhead_up
for probe in read write; do fails $probe; done
host_ask program >/tmp/debugger
for probe in read write; do debugged $probe; done
[ $tap_failed = 0 ] || diag "$(cat /tmp/debugger)"
is "no complaints in dmesg [ROOT-001]" "$(dmesg_complaints)" 0
check "disable [RUN-001]" bulkhead_down
done_testing
