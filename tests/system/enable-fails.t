#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A board file that is not this machine's takes enable as far as the hypervisor, which finds that firmware cannot be below it and goes
# back: the step is told, all is as before, and enable works with what is right. The other architectures' boards have no fact that only
# the hypervisor can find wrong.
# boards: qemu-arm64 qemu-arm64-ds0
# set: full on qemu-arm64-ds0
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "the machine as a board file [LIFE-012]" cellctl board -o /tmp/board.dts
sed 's/method = "smc"/method = "hvc"/' /tmp/board.dts >/tmp/other.dts
check "another, whose firmware is called in another way [LIFE-012]" eval "! cmp -s /tmp/board.dts /tmp/other.dts"
insmod /lib/modules/bulkhead.ko
text=$(cellctl enable /tmp/other.dts 2>&1)
is "enable fails [LIFE-012]" $? 1
like "it says in which step of the hypervisor, and on which CPU [LIFE-012]" "$text" \
	'hypervisor step [0-9]+ failed on CPU 0 .*: probe; fix: see cellctl explain probe'
diag "$text"
is "nothing is enabled [LIFE-012]" "$(cat /sys/class/misc/bulkhead/enabled)" 0
is "all CPUs are there [LIFE-012]" "$(cpus_online)" 0-3
is "no complaints in dmesg [LIFE-012]" "$(dmesg_complaints)" 0
check "enable, with the machine's own [LIFE-012]" cellctl enable
check "a cell runs [LIFE-012]" cell_boot hello
check "destroy [RUN-001]" cellctl destroy hello
check "disable [RUN-001]" bulkhead_down
done_testing
