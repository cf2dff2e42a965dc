#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Memory changes hands 25 times (10 in the quick set) while every root CPU reads all RAM through the kernel's linear map: no fault, no oops.
# boards: -qemu-arm64-ds0
# boot: own
# timeout: 300
# files: BUILD/tests/ramwalk
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-001]" bulkhead_up
/data/ramwalk 2000 4 >/tmp/walk 2>&1 &
walker=$!
good=0
rounds=$(quick_or_full 10 25)
for i in $(seq "$rounds"); do
	if out=$(cell_boot idle && cellctl destroy idle 2>&1); then good=$((good + 1)); else diag "cycle $i: $out"; fi
done
is "cycles that worked [ROOT-006]" $good "$rounds"
check "the walkers are alive [ROOT-006]" kill -0 $walker
all_read() { [ "$(grep -c ' reads$' /tmp/walk)" -eq 4 ]; }
check "and had a turn each, beside all else [ROOT-006]" wait_for 60 all_read
killall -TERM ramwalk
wait $walker
is "each CPU read RAM all the time and kept its own [ROOT-006]" $? 0
diag "$(cat /tmp/walk)"
is "none saw its memory change [ROOT-006]" "$(grep changed /tmp/walk)" ""
is "no fault was taken by the kernel [ROOT-006]" "$(dmesg_complaints)" 0
is "CPUs [ROOT-006]" "$(cpus_online)" 0-3
check "disable [RUN-001]" bulkhead_down
done_testing
