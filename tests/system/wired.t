#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A cell makes its own edge-triggered wired source pending 1,000 times: each write to the controller is one exit, and the delivery none.
# boards: qemu-riscv-aia qemu-riscv-nosstc qemu-riscv-rva23
# timeout: 180
# plugin: yes
# files: BUILD/tests/word
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
PATH=$PATH:/data

check "enable [RUN-001]" bulkhead_up
check "boot [RUN-001]" cell_boot wired 1000
cpu=$(cellctl show wired --json | json cpu)
check "first mark [IRQ-011]" mark_wait wired begin 20
before=$(exits $cpu total)
mark 1 >/tmp/before
check "go on [IRQ-011]" go_on wired
check "second mark [IRQ-011]" mark_wait wired end 60
after=$(exits $cpu total)
mark 2 >/tmp/after
check "go on [IRQ-011]" go_on wired
check "it ran to its end [IRQ-011]" console_wait wired '^wired: done' 30
like "each was taken, once [IRQ-011]" "$(console wired)" '^wired: 1000 of 1000 taken once$'
# The second mark itself is one hypercall: ten bytes fit into one.
is "exits that were not the 1,000 writes, by the hypervisor's counters [IRQ-011]" $((after - before - 1000 - 1)) 0
is "exits that were not the 1,000 writes, by the plugin [IRQ-011]" \
	$(($(plugin_exits $cpu /tmp/after) - $(plugin_exits $cpu /tmp/before) - 1000 - 1)) 0
check "destroy [RUN-001]" cellctl destroy wired
check "disable [RUN-001]" bulkhead_down
done_testing
