#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The root kernel dies; the ticker goes on. Judged on the host from the ticker's memory: the board has no second UART.
# boards: qemu-riscv-aia qemu-riscv-nosstc qemu-x86-amd
# set: full on qemu-x86-amd
# timeout: 300
# expect-K: sysrq: Trigger a crash
# expect-K: Kernel panic - not syncing: sysrq triggered crash
# after-panic: word grows 9000 in 180s
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-001]" bulkhead_up
check "boot [RUN-001]" cell_boot ticker
# No plan here: the points after the crash are the host's.
check "it ticks [ISO-050]" console_wait ticker '^tick ' 60
host_watches_ticker
sync
echo 1 >/proc/sys/kernel/sysrq
echo c >/proc/sysrq-trigger
