#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A guest that masks by priority sees none of three pending interrupts until it lowers the mask, then all in order.
# boards: qemu-arm64 qemu-arm64-ds0
# timeout: 120
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-001]" bulkhead_up
check "boot [RUN-001]" cell_boot pmr
check "it ran to its end [IRQ-004]" console_wait pmr '^pmr: done' 60
like "none while masked, then 3 in order [IRQ-004]" "$(console pmr)" '^pmr: 20 of 20 rounds'
check "destroy [RUN-001]" cellctl destroy pmr
check "disable [RUN-001]" bulkhead_down
done_testing
