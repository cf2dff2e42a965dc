#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A critical cell runs: the root does not go down, whoever asks, and by whatever door of the machine; the cell ticks on.
# boot: own
# timeout: 240
# set: full on qemu-arm64-ds0
# files: BUILD/tests/doors.ko
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

case $ARCH in
arm64) doors="off reset reset2 reset2-32" denied=-3 ;;
riscv) doors="off cold warm" denied=-4 ;;
x86) doors="keyboard pulse output-port control chipset off off-byte" denied=0 ;; # a port says nothing
esac
refused="cell ticker: critical, the root's reset is refused"
ticks_on() { [ "$(last_tick)" -gt "${tick:-0}" ]; }
log_count() { cellctl console | grep -c "$1"; }
door_fails() {
	dmesg -c >/dev/null
	! insmod /data/doors.ko door="$1" 2>/dev/null && dmesg | grep -q "doors: $1 came back: $denied\$"
}

check "enable [RUN-001]" bulkhead_up
check "a cell [RUN-001]" cell_boot idle
check "a critical one [RUN-001]" cellctl boot "$(critical_ticker)"
check "which ticks [ROOT-321]" console_wait ticker '^tick [0-9]+' 60
for way in reboot poweroff halt; do
	dmesg -c >/dev/null
	is "$way is refused [ROOT-321]" "$($way -f 2>&1 | sed 's/.*: //')" "Device or resource busy"
	like "and the log says what to do [ROOT-321]" "$(dmesg)" \
		"reboot refused: cell ticker is critical and runs; run cellctl stop --force ticker first"
done
is "no cell was asked [ROOT-321]" "$(cell_state idle) $(log_count 'asked to shut down')" "running 0"
for door in $doors; do
	tick=$(last_tick)
	count=$(log_count "$refused")
	check "door $door comes back [ROOT-322]" door_fails $door
	check "the hypervisor says so [ROOT-322]" test "$(log_count "$refused")" -gt $count
	check "the cell ticks on [ROOT-322]" wait_for 30 ticks_on
done
check "suspended it counts as well [ROOT-321]" cellctl suspend --force ticker
is "reboot [ROOT-321]" "$(reboot -f 2>&1 | sed 's/.*: //')" "Device or resource busy"
check "resume [RUN-001]" cellctl resume ticker
tick=$(last_tick)
check "it ticks [ROOT-321]" wait_for 30 ticks_on
check "disable [RUN-001]" bulkhead_down
done_testing
