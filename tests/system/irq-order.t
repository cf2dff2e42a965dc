#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# 16 shared interrupts of a cell, pended by one write (x86: calls to itself while it takes none): taken in the order of their priorities
# (riscv: their numbers, x86: their vectors, the highest first), 50 times.
# timeout: 120
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-001]" bulkhead_up
check "boot [RUN-001]" cell_boot irq-order
check "it ran to its end [IRQ-003]" console_wait irq-order '^irq-order: done' 60
like "the priorities differ [IRQ-003]" "$(console irq-order)" '^irq-order: levels ([89]|1[0-6])$'
like "all in order [IRQ-003]" "$(console irq-order)" '^irq-order: 50 of 50 rounds in order$'
check "destroy [RUN-001]" cellctl destroy irq-order
check "disable [RUN-001]" bulkhead_down
done_testing
