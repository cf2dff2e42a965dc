#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# 1,000 lives of a cell: [RUN-006]
# boot: own
# set: full
# timeout: 7200
# files: BUILD/tests/offline
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
CYCLES=1000
. /lib/bulkhead/lifecycle.sh
