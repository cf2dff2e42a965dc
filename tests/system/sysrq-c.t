#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The root kernel dies; the ticker goes on. Judged on the host, from the cell's own UART.
# boards: qemu-arm64 qemu-x86-amd
# timeout: 300
# expect-K: sysrq: Trigger a crash
# expect-K: Kernel panic - not syncing: sysrq triggered crash
# after-panic: U1 /^tick (\d+)/ grows 9000 in 180s
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-001]" bulkhead_up
check "boot [RUN-001]" cell_boot ticker-uart
# No plan here: the points after the crash are the host's.
check "it ticks on its own UART [ISO-050]" wait_for 60 heard_has U1 "^tick "
sync
echo 1 >/proc/sys/kernel/sysrq
echo c >/proc/sysrq-trigger
