#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# 50 lives of a cell: [RUN-006]
# timeout: 400
# files: BUILD/tests/offline
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
CYCLES=50
. /lib/bulkhead/lifecycle.sh
