#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The root starts another kernel (kexec -e) with cells alive: refused while a critical one runs; else they are asked, destroyed, the
# hypervisor goes, and the new kernel finds a machine on which all works.
# timeout: 600
# set: full on qemu-arm64-ds0
# needs: guest
# resets: 1
# files: BUILD/tests/kexec
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
. /lib/bulkhead/kexec.sh
PATH=$PATH:/data

follow() {
	(cd / && find . -xdev ! -path './guest/Image' | cpio -o -H newc 2>/dev/null) >/tmp/next.cpio &&
		next_load /tmp/next.cpio "$(cat /proc/cmdline)" $FREE_RANGE
}

[ "$BOOTS" = 0 ] || tap_count=7
check "enable [RUN-001]" bulkhead_up
check "a cell [RUN-001]" cell_boot idle
if [ "$BOOTS" = 0 ]; then
	check "a critical one [RUN-001]" cellctl boot "$(critical_ticker)"
	check "the next kernel is loaded [ROOT-330]" follow
	like "refused while that runs [ROOT-330]" "$(kexec go 2>&1)" 'Device or resource busy'
	check "stop it [RUN-001]" cellctl stop --force ticker
	is "and is loaded still [ROOT-330]" "$(cat /sys/kernel/kexec_loaded)" 1
	kexec go
	fail "it came back [ROOT-330]"
fi
check "in the new kernel all is as ever [ROOT-330]" cellctl destroy idle
check "disable [RUN-001]" bulkhead_down
done_testing
