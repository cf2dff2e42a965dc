#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Interrupts between a cell's own CPUs. riscv: they go from file to file, 1,000 calls to two others without an entry into the hypervisor.
# x86: each of those 2,000 commands to the APIC is one, on the CPU that sends.
# boards: qemu-riscv-aia qemu-riscv-nosstc qemu-riscv-rva23 qemu-x86-amd qemu-x86-la48
# timeout: 180
# plugin: yes
# files: BUILD/tests/word
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
PATH=$PATH:/data

check "enable [RUN-001]" bulkhead_up
check "boot [RUN-001]" cell_boot smp 1000
check "first mark [IRQ-012]" mark_wait smp begin 60
cellctl stats --json >/tmp/s1
mark 1 >/tmp/p1
check "go on [IRQ-012]" go_on smp
check "second mark [IRQ-012]" mark_wait smp end 60
cellctl stats --json >/tmp/s2
mark 2 >/tmp/p2
check "go on [IRQ-012]" go_on smp
check "it ran to its end [IRQ-012]" console_wait smp '^smp: done' 60
like "each call reached all others [IRQ-012]" "$(console smp)" '^smp: 1000 of 1000 marked calls reached all others$'
counted=0
seen=0
for cpu in 1 2 3; do
	counted=$((counted + $(json_where cpu $cpu total </tmp/s2) - $(json_where cpu $cpu total </tmp/s1)))
	seen=$((seen + $(plugin_exits $cpu /tmp/p2) - $(plugin_exits $cpu /tmp/p1)))
done
# The second mark itself is one hypercall: ten bytes fit into one.
if [ "$ARCH" = x86 ]; then
	is "exits of the three CPUs, by the hypervisor's counters [IRQ-320]" $((counted - 1)) 2000
	is "exits of the three CPUs, by the plugin [IRQ-320]" $((seen - 1)) 2000
else
	is "exits of the three CPUs, by the hypervisor's counters [IRQ-012]" $((counted - 1)) 0
	is "exits of the three CPUs, by the plugin [IRQ-012]" $((seen - 1)) 0
fi
check "destroy [RUN-001]" cellctl destroy smp
check "disable [RUN-001]" bulkhead_down
done_testing
