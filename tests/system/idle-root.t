#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A root CPU that idles or computes makes no entry into the hypervisor, its timer interrupts notwithstanding. The outside count (plugin)
# is the judge; the script stays on CPU 0 and the channel is quiet meanwhile.
# timeout: 240
# plugin: yes
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

plugin_exits() { sed -n "s/^plugin: cpu=$1 exits=\([0-9]*\).*/\1/p" "$2"; }

# Kernel threads may send an interrupt now and then: some of a few windows must be clean.
clean_window() { # CPU
	for window in 1 2 3 4 5 6; do
		mark $window >/tmp/before
		sleep 3
		mark $((window + 100)) >/tmp/after
		count=$(($(plugin_exits "$1" /tmp/after) - $(plugin_exits "$1" /tmp/before)))
		[ $count = 0 ] && return 0
		echo "window $window: $count exits"
	done
	return 1
}

taskset -p 1 $$ >/dev/null
check "enable [RUN-001]" bulkhead_up
sleep 2
for cpu in 1 2 3; do
	check "cpu $cpu, idle: 0 exits in 3 s [IRQ-006]" clean_window $cpu
done
taskset 4 sh -c 'while :; do :; done' &
spinner=$!
interrupts arch_timer >/tmp/timers
check "cpu 2, computing: 0 exits in 3 s [IRQ-006]" clean_window 2
interrupts arch_timer >/tmp/timers.after
kill $spinner
wait $spinner 2>/dev/null
before=$(sed -n 's/^2 //p' /tmp/timers)
after=$(sed -n 's/^2 //p' /tmp/timers.after)
check "with timer interrupts: $before .. $after [IRQ-006]" test "$after" -gt $((before + 100))
check "disable [RUN-001]" bulkhead_down
done_testing
