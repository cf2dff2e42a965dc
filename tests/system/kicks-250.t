#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Some 500 kicks under full load, and none is lost.
# boards: qemu-x86-amd qemu-x86-la48
# timeout: 180
# files: BUILD/tests/load BUILD/tests/kicks
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

ROUNDS=250
. /lib/bulkhead/kicks.sh
