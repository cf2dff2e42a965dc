#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Doors of the root that are shut though no critical cell runs: what would put the machine to sleep with its cells; and with
# deny-root-firmware-calls in the board file reset and power, while CPUs go and come as ever.
# boards: qemu-arm64 qemu-riscv-aia
# timeout: 120
# files: BUILD/tests/doors.ko
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

case $ARCH in
arm64) asleep="suspend mem-protect" unknown=-1 power="off reset reset2" denied=-1 ;;
riscv) asleep="suspend legacy" unknown=-2 power="off cold warm" denied=-4 ;;
esac
door_says() { # DOOR RESULT
	dmesg -c >/dev/null
	! insmod /data/doors.ko door="$1" 2>/dev/null && dmesg | grep -q "doors: $1 came back: $2\$"
}

check "enable [RUN-001]" bulkhead_up
check "a cell [RUN-001]" cell_boot idle
for door in $asleep; do
	check "door $door is none [ROOT-341]" door_says $door $unknown
done
is "the cell runs [ROOT-341]" "$(cell_state idle)" running
check "disable [RUN-001]" eval "cellctl destroy idle && bulkhead_down"
check "the machine as a board file [RUN-001]" cellctl board -o /tmp/board.dts
echo '/ { bulkhead { deny-root-firmware-calls; }; };' >>/tmp/board.dts
insmod /lib/modules/bulkhead.ko
check "enable, firmware calls denied [RUN-001]" cellctl enable /tmp/board.dts
for door in $power; do
	check "door $door is shut [ROOT-341]" door_says $door $denied
done
check "a CPU goes and comes [ROOT-341]" cpu_cycle 1
is "all are there [ROOT-341]" "$(cpus_online)" 0-3
check "disable [RUN-001]" bulkhead_down
done_testing
