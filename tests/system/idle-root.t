#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A root CPU that idles makes no entry into the hypervisor; one that computes takes its timer interrupts without any, and enters only
# for the interrupts it sends to other CPUs itself. Idle is judged by the outside count (plugin), with the
# script on CPU 0 and the channel quiet.
# boards: qemu-arm64 qemu-arm64-ds0 qemu-riscv-aia qemu-riscv-rva23
# timeout: 240
# plugin: yes
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

# The stock kernel sends an interrupt from an idle CPU now and then: one of some windows of a second must be clean.
clean_window() { # CPU
	for window in 1 2 3 4 5 6 7 8 9 10 11 12; do
		mark $window >/tmp/before
		sleep 1
		mark $((window + 100)) >/tmp/after
		count=$(($(plugin_exits "$1" /tmp/after) - $(plugin_exits "$1" /tmp/before)))
		[ $count = 0 ] && return 0
		echo "window $window: $count exits; $(cellctl stats)"
	done
	return 1
}

timer_count() { interrupts $TIMER_IRQ | sed -n "s/^$1 //p"; }

taskset -p $((1 << $(linux_cpu 0))) $$ >/dev/null
check "enable [RUN-001]" bulkhead_up
sleep 2
for cpu in 1 2 3; do
	check "cpu $cpu, idle: 0 exits in a second [IRQ-006]" clean_window $cpu
done
taskset $((1 << $(linux_cpu 2))) sh -c 'while :; do :; done' &
spinner=$!
sleep 1
timers=$(timer_count "$(linux_cpu 2)")
cellctl stats --json >/tmp/before
sleep 5
cellctl stats --json >/tmp/after
timers=$(($(timer_count "$(linux_cpu 2)") - timers))
kill $spinner
wait $spinner 2>/dev/null
total=$(($(json_where cpu 2 total </tmp/after) - $(json_where cpu 2 total </tmp/before)))
ipi=$(($(json_where cpu 2 ipi </tmp/after) - $(json_where cpu 2 ipi </tmp/before)))
diag "cpu 2, computing: $timers timer interrupts, $total exits, $ipi of them interrupts it sent"
check "it took timer interrupts [IRQ-006]" test $timers -gt 200
is "exits that were not interrupts it sent [IRQ-006]" $((total - ipi)) 0
check "disable [RUN-001]" bulkhead_down
done_testing
