#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The root under load of CPU, memory, PCI disk and timers for 60 s (20 s in the quick set), a real-time cell beside it.
# timeout: 240
# set: full on qemu-arm64-ds0
# files: BUILD/tests/load
# modules: virtio_blk
# qemu: -drive if=none,id=disk,driver=null-co,read-zeroes=on,size=67108864 -device virtio-blk-pci,drive=disk
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "disk driver [ROOT-008]" insmod /lib/modules/virtio_blk.ko
check "enable [RUN-001]" bulkhead_up
check "boot [RUN-001]" cell_boot ticker
check "it ticks [ROOT-008]" console_wait ticker '^tick ' 20
interrupts $TIMER_IRQ >/tmp/timers
tick=$(last_tick)
seconds=$(quick_or_full 20 60)
check "$seconds s of load [ROOT-008]" /data/load "$seconds" /dev/vda
interrupts $TIMER_IRQ >/tmp/timers.after
for cpu in 0 1 2; do
	before=$(sed -n "s/^$cpu //p" /tmp/timers)
	after=$(sed -n "s/^$cpu //p" /tmp/timers.after)
	check "cpu $cpu took timer interrupts: $before .. $after [ROOT-008]" test "$after" -gt $((before + seconds * 17))
done
check "the cell ticked meanwhile: $tick .. $(last_tick) [ROOT-008]" test "$(last_tick)" -gt $((tick + seconds * 170))
is "no complaints in dmesg [ROOT-008]" "$(dmesg_complaints)" 0
check "destroy [RUN-001]" cellctl destroy ticker
check "disable [RUN-001]" bulkhead_down
done_testing
