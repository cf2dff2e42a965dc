#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Three CPUs of one cell start each other and send each other interrupts.
# timeout: 120
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-001]" bulkhead_up
check "boot [RUN-001]" cell_boot smp
is "one CPU stays with the root [ROOT-004]" "$(cpus_online)" 0
check "it ran to its end [IRQ-005]" console_wait smp '^smp: done' 60
text=$(console smp)
like "all CPUs came up [RUN-003]" "$text" '^smp: online all, 3 cpus$'
like "a token went round [IRQ-005]" "$text" '^smp: token came back, 100 rounds$'
like "each call reached all others and only those [IRQ-005]" "$text" '^smp: 100 of 100 calls reached all others, 0 myself$'
check "destroy [RUN-001]" cellctl destroy smp
is "all CPUs are back [ROOT-002]" "$(cpus_online)" 0-3
check "disable [RUN-001]" bulkhead_down
done_testing
