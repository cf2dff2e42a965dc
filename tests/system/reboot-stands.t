#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The root resets the machine without asking anybody while a critical cell runs: the root stands still, the cell ticks on. Judged on the
# host from the ticker's memory.
# timeout: 300
# set: full on qemu-arm64-ds0
# after-gone: word grows 9000 in 180s
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-001]" bulkhead_up
check "a critical cell [RUN-001]" cellctl boot "$(critical_ticker)"
# No plan here: the points after it are the host's.
check "it ticks [ROOT-324]" console_wait ticker '^tick ' 60
host_watches_ticker
host_say gone
echo 1 >/proc/sys/kernel/sysrq
echo b >/proc/sysrq-trigger
