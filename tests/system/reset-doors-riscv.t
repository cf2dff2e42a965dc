#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every door of riscv that resets the machine does, when no critical cell runs.
# boards: qemu-riscv-aia qemu-riscv-nosstc qemu-riscv-rva23
# timeout: 900
# set: full
# resets: 2
# files: BUILD/tests/doors.ko
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
DOORS="cold warm"
. /lib/bulkhead/reset-doors.sh
