#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every door of a PC that resets the machine does, when no critical cell runs.
# boards: qemu-x86-amd qemu-x86-la48
# timeout: 900
# set: full
# resets: 6
# files: BUILD/tests/doors.ko
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
DOORS="keyboard pulse output-port control chipset fault"
. /lib/bulkhead/reset-doors.sh
