#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# 10,000 timer interrupts between two marks: not one entry into the hypervisor on that CPU.
# timeout: 240
# plugin: yes
# boards: qemu-arm64 qemu-arm64-ds0 qemu-riscv-aia qemu-riscv-rva23 qemu-x86-amd qemu-x86-la48
# files: BUILD/tests/word
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
PATH=$PATH:/data
cpu=3 # free CPUs are taken from the highest

check "enable [RUN-001]" bulkhead_up
check "boot with 10,000 ticks asked for [RUN-001]" cell_boot ticker 10000
is "the cell has board CPU $cpu [RUN-001]" "$(cellctl show ticker --json | json cpu)" "$cpu"
check "first mark [IRQ-001]" mark_wait ticker begin 20
before=$(exits $cpu total)
mark 1 >/tmp/mark && plugin_exits $cpu /tmp/mark >/tmp/before
check "go on [IRQ-001]" go_on ticker
check "second mark [IRQ-001]" mark_wait ticker end 120
after=$(exits $cpu total)
mark 2 >/tmp/mark && plugin_exits $cpu /tmp/mark >/tmp/after
check "and on [IRQ-001]" go_on ticker
diag "hypervisor: $before .. $after; plugin: $(cat /tmp/before) .. $(cat /tmp/after)"
# The second mark itself is one hypercall: ten bytes fit into one.
is "exits in 10,000 ticks, by the hypervisor's counters [IRQ-001]" $((after - before - 1)) 0
is "exits in 10,000 ticks, by the plugin [IRQ-001]" $(($(cat /tmp/after) - $(cat /tmp/before) - 1)) 0
check "the histogram [IRQ-002]" console_wait ticker '^latency: count=[0-9]+ min=' 60
like "which has each tick [IRQ-002]" "$(console ticker)" '^latency: count=1[0-9]{4} min='
check "ticks go on [IRQ-001]" console_wait ticker '^tick [0-9]+' 20
check "destroy [RUN-001]" cellctl destroy ticker
check "disable [RUN-001]" bulkhead_down
done_testing
