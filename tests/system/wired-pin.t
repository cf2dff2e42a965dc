#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A cell gets the interrupt of its UART 1,000 times by its pin of the IO-APIC, as an edge and then as a level: no delivery makes an exit.
# The pin is the root's again afterwards.
# boards: qemu-x86-amd
# timeout: 240
# files: BUILD/tests/word
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
PATH=$PATH:/data

# heard_pin: the root's own use of COM2: what it sends goes by interrupts
pin_count() { awk '$1 == "3:" { for (i = 2; i <= 5; i++) n += $i } END { print n + 0 }' /proc/interrupts; }
pin_works() { # a program that holds it open, or the interrupt goes with the last one
	pin_before=$(pin_count)
	exec 8>/dev/ttyS1 || return 1
	echo "the root speaks" >&8
	usleep 500000
	pin_after=$(pin_count)
	exec 8>&-
	[ "$pin_after" -gt "$pin_before" ]
}
check "control: the root has the pin [IRQ-330]" pin_works
check "enable [RUN-001]" bulkhead_up
check "and keeps it [IRQ-331]" pin_works
before=$(($(exits 0 mmio) + $(exits 1 mmio) + $(exits 2 mmio) + $(exits 3 mmio)))
usleep 5000000
after=$(($(exits 0 mmio) + $(exits 1 mmio) + $(exits 2 mmio) + $(exits 3 mmio)))
diag "accesses of the root to the IO-APIC in all: $before"
is "left alone it makes no exit by the IO-APIC [IRQ-331]" "$((after - before))" 0
check "boot [RUN-001]" cell_boot wired 1000
cpu=$(cellctl show wired --json | json cpu)
check "first mark [IRQ-330]" mark_wait wired begin 20
before=$(exits $cpu total)
check "go on [IRQ-330]" go_on wired
check "second mark [IRQ-330]" mark_wait wired end 60
after=$(exits $cpu total)
check "go on [IRQ-330]" go_on wired
# The second mark itself is one hypercall.
is "exits for 1,000 edges [IRQ-330]" $((after - before - 1)) 0
check "third mark [IRQ-330]" mark_wait wired level 30
before=$(exits $cpu total)
check "go on [IRQ-330]" go_on wired
check "fourth mark [IRQ-330]" mark_wait wired over 60
after=$(exits $cpu total)
check "go on [IRQ-330]" go_on wired
is "exits for 1,000 levels [IRQ-330]" $((after - before - 1)) 0
check "it ran to its end [IRQ-330]" console_wait wired '^wired: done' 30
like "each edge was taken, once [IRQ-330]" "$(console wired)" '^wired: 1000 of 1000 taken once$'
like "and each level [IRQ-330]" "$(console wired)" '^wired: 1000 of 1000 as a level$'
like "none while masked [IRQ-330]" "$(console wired)" '^wired: 0 while masked$'
check "destroy [RUN-001]" cellctl destroy wired
check "the pin is the root's again [IRQ-331]" pin_works
is "no complaints in dmesg [IRQ-331]" "$(dmesg_complaints)" 0
check "disable [RUN-001]" bulkhead_down
check "and works without us [IRQ-331]" pin_works
done_testing
