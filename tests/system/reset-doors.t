#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every door of arm64 that resets the machine does, when no critical cell runs.
# boards: qemu-arm64 qemu-arm64-ds0
# timeout: 900
# set: full
# resets: 1
# files: BUILD/tests/doors.ko
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
DOORS=reset # QEMU has no SYSTEM_RESET2
. /lib/bulkhead/reset-doors.sh
