#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# And a good script passes.
# selftest: 0 run: exit 0
. /lib/bulkhead/tap.sh
is "data directory is the current one" "$(pwd)" /data
done_testing
