#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The root kernel dies and its dump kernel boots, in memory kept for it: the ticker goes on, vmcore opens and is read from end to end, it
# shows what was the root's and zeros for what is a cell's. Judged on the host: by the dump kernel's console, and the ticker's memory.
# timeout: 600
# set: full on qemu-arm64-ds0
# needs: guest
# arguments: crashkernel=256M
# files: BUILD/tests/kexec BUILD/tests/canary BUILD/tests/word
# expect-K: sysrq: Trigger a crash
# expect-K: Kernel panic - not syncing: sysrq triggered crash
# expect-K: vmcore: at 0x[0-9a-f]+ is 0xa5a5a5a5a5a5a5a5
# expect-K: vmcore: at 0x[0-9a-f]+ is 0x0
# expect-K: vmcore: 1[0-9]+ MiB read
# after-panic: word grows 9000 in 500s
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
. /lib/bulkhead/kexec.sh
PATH=$PATH:/data

# What the dump kernel runs.
dump_initrd() { # ADDRESS...
	mkdir -p /tmp/dump/bin && cp /bin/busybox /tmp/dump/bin/ && cp /data/kexec /lib/modules/bulkhead.ko /tmp/dump/ || return 1
	cat >/tmp/dump/init <<-END
		#!/bin/busybox sh
		/bin/busybox mkdir -p /proc
		/bin/busybox mount -t proc proc /proc
		/bin/busybox insmod /bulkhead.ko
		/kexec read $*
		/bin/busybox sleep 100000
	END
	chmod 755 /tmp/dump/init && (cd /tmp/dump && find . | cpio -o -H newc 2>/dev/null) >/tmp/dump.cpio
}

dump_load() { # ADDRESS...
	dump_initrd "$@" || return 1
	quirks=$(tr ' ' '\n' </proc/cmdline | grep -E '^(no_timer_check|tsc=.*)$' | tr '\n' ' ')
	next_load /tmp/dump.cpio "console=$CONSOLE_NAME nr_cpus=1 reset_devices $quirks"
}

check "enable [RUN-001]" bulkhead_up
check "a cell with a word to look for [RUN-001]" cell_boot idle 0x5ec4e75ec4e75ec4
check "boot [RUN-001]" cell_boot ticker
canary >/tmp/canary &
check "a page of the root [ROOT-329]" wait_for 5 grep -q canary /tmp/canary
page=$(sed -n 's/^canary: //p' /tmp/canary)
host=$(($(cell_field idle host) + PARAMETER - CELL_MEMORY))
check "the dump kernel is loaded [ROOT-328]" dump_load "$page" "$(printf '0x%x' $host)"
is "and stays so [ROOT-328]" "$(cat /sys/kernel/kexec_crash_loaded)" 1
# No plan here: the points after the crash are the host's.
check "it ticks [ROOT-328]" console_wait ticker '^tick ' 60
host_watches_ticker
sync
echo 1 >/proc/sys/kernel/sysrq
echo c >/proc/sysrq-trigger
