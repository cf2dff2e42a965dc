#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# 10,000 kicks under full load, and none is lost.
# boards: qemu-x86-amd qemu-x86-la48
# set: full
# timeout: 600
# files: BUILD/tests/load BUILD/tests/kicks
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

ROUNDS=5000
. /lib/bulkhead/kicks.sh
