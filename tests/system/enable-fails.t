#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What only the hypervisor finds wrong: it goes back, the step and what explains it are told, all is as before, and enable works with what
# is right. Everywhere a machine whose RAM is no whole pages; on arm64 also a board file whose firmware cannot be below it.
# boards: qemu-arm64 qemu-arm64-ds0 qemu-riscv-aia qemu-x86-amd
# set: full on qemu-arm64-ds0
# files: BUILD/tests/driver
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

as_before() { # AFTER WHAT
	is "$1: nothing is enabled [LIFE-012]" "$(cat /sys/class/misc/bulkhead/enabled)" 0
	is "$1: all CPUs are there [LIFE-012]" "$(cpus_online)" 0-3
	is "$1: no complaints in dmesg [LIFE-012]" "$(dmesg_complaints)" 0
}

insmod /lib/modules/bulkhead.ko
text=$(/data/driver enable 4 $((0x40000800)))
like "odd RAM: the step of the hypervisor, and the CPU [LIFE-012]" "$text" \
	'^22 enable: hypervisor step [0-9]+ failed on CPU 0 .*: blob: [a-z-]+; see cellctl explain [a-z-]+$'
diag "$text"
check "what is to be explained is [LIFE-012]" cellctl explain "${text##* }"
as_before "odd RAM"
if [ "$ARCH" = arm64 ]; then
	check "the machine as a board file [LIFE-012]" cellctl board -o /tmp/board.dts
	sed 's/method = "smc"/method = "hvc"/' /tmp/board.dts >/tmp/other.dts
	check "another, whose firmware is called in another way [LIFE-012]" eval "! cmp -s /tmp/board.dts /tmp/other.dts"
	text=$(cellctl enable /tmp/other.dts 2>&1)
	is "enable fails [LIFE-012]" $? 1
	like "it says in which step of the hypervisor, and on which CPU [LIFE-012]" "$text" \
		'hypervisor step [0-9]+ failed on CPU 0 .*: probe; fix: see cellctl explain probe'
	as_before "other firmware"
fi
check "enable, with the machine's own [LIFE-012]" cellctl enable
check "a cell runs [LIFE-012]" cell_boot hello
check "destroy [RUN-001]" cellctl destroy hello
check "disable [RUN-001]" bulkhead_down
done_testing
