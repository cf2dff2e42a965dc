#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The root forks 800 short processes on its four CPUs: timers, interrupts between CPUs, faults and fences, and not one entry into the
# hypervisor. The script keeps its channel quiet meanwhile: a PCI device without an IOMMU interrupts through the hypervisor.
# boards: qemu-riscv-aia qemu-riscv-rva23
# timeout: 240
# plugin: yes
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

forks() { # CPU: 100 times two processes
	for i in 1 2 3 4 5 6 7 8 9 10; do
		for j in 1 2 3 4 5 6 7 8 9 10; do /bin/true | /bin/cat; done
	done
}

load() {
	for cpu in 0 1 2 3; do
		(taskset -p $((1 << cpu)) "$(exec sh -c 'echo $PPID')" >/dev/null && forks) &
	done
	wait
}

processes() { sed -n 's/^processes //p' /proc/stat; }

check "enable [RUN-001]" bulkhead_up
load # once for the caches
sleep 1
ipis=$(interrupts "Rescheduling interrupts" | awk '{ n += $2 } END { print n }')
forked=$(processes)
cellctl stats --json >/tmp/s1
mark 1 >/tmp/p1
load
mark 2 >/tmp/p2
cellctl stats --json >/tmp/s2
forked=$(($(processes) - forked))
ipis=$(($(interrupts "Rescheduling interrupts" | awk '{ n += $2 } END { print n }') - ipis))
diag "$forked processes, $ipis rescheduling interrupts"
check "800 processes and more [IRQ-010]" test $forked -ge 800
check "CPUs interrupted each other [IRQ-010]" test $ipis -gt 0
for cpu in 0 1 2 3; do
	s1=$(($(json_where cpu $cpu total </tmp/s1) - $(json_where cpu $cpu hypercall </tmp/s1)))
	s2=$(($(json_where cpu $cpu total </tmp/s2) - $(json_where cpu $cpu hypercall </tmp/s2)))
	# Hypercalls are those of `cellctl stats`, which the plugin does not see: it counts between them.
	is "cpu $cpu: exits by the hypervisor's counters [IRQ-010]" $((s2 - s1)) 0
	is "cpu $cpu: exits by the plugin [IRQ-010]" $(($(plugin_exits $cpu /tmp/p2) - $(plugin_exits $cpu /tmp/p1))) 0
done
[ $tap_failed = 0 ] || diag "$(cellctl stats)"
check "disable [RUN-001]" bulkhead_down
done_testing
