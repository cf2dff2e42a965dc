#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A root CPU makes no entry into the hypervisor, but for the interrupts it sends to other CPUs: not idle, not computing with its timer
# interrupts, not with 800 short processes on four CPUs.
# boards: qemu-x86-amd qemu-x86-la48
# timeout: 240
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

others() { echo $(($(json_where cpu $1 total <$2) - $(json_where cpu $1 ipi <$2) - $(json_where cpu $1 hypercall <$2))); } # CPU FILE
grown() { echo $(($(others $1 /tmp/after) - $(others $1 /tmp/before))); }
timer_count() { interrupts $TIMER_IRQ | sed -n "s/^$1 //p"; }
load() {
	for cpu in 0 1 2 3; do
		(taskset -p $((1 << cpu)) "$(exec sh -c 'echo $PPID')" >/dev/null
			for i in $(seq 100); do /bin/true | /bin/cat; done) &
	done
	wait
}
processes() { sed -n 's/^processes //p' /proc/stat; }

check "enable [RUN-001]" bulkhead_up
taskset -p 1 $$ >/dev/null
cellctl stats --json >/tmp/before
sleep 5
cellctl stats --json >/tmp/after
for cpu in 1 2 3; do is "cpu $cpu, idle: exits but interrupts sent [IRQ-310]" "$(grown $cpu)" 0; done
taskset 4 sh -c 'while :; do :; done' &
spinner=$!
sleep 1
timers=$(timer_count 2)
cellctl stats --json >/tmp/before
sleep 5
cellctl stats --json >/tmp/after
timers=$(($(timer_count 2) - timers))
kill $spinner
wait $spinner 2>/dev/null
check "cpu 2, computing, took timer interrupts: $timers [IRQ-310]" test $timers -gt 200
is "and made no exits but interrupts sent [IRQ-310]" "$(grown 2)" 0
forked=$(processes)
cellctl stats --json >/tmp/before
load
cellctl stats --json >/tmp/after
forked=$(($(processes) - forked))
check "$forked processes [IRQ-310]" test $forked -ge 800
for cpu in 0 1 2 3; do is "cpu $cpu: exits of the load but interrupts sent [IRQ-310]" "$(grown $cpu)" 0; done
[ $tap_failed = 0 ] || diag "$(cellctl stats)"
check "disable [RUN-001]" bulkhead_down
done_testing
