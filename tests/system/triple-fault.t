#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A triple fault of the root while a critical cell runs: its CPU stops, the cell ticks on. Judged on the
# host from the ticker's memory.
# timeout: 300
# boards: qemu-x86-amd qemu-x86-la48
# files: BUILD/tests/doors.ko
# after-gone: word grows 9000 in 180s
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-001]" bulkhead_up
check "a critical cell [RUN-001]" cellctl boot "$(critical_ticker)"
# No plan here: the points after it are the host's.
check "it ticks [ROOT-325]" console_wait ticker '^tick ' 60
host_watches_ticker
host_say gone
insmod /data/doors.ko door=fault
