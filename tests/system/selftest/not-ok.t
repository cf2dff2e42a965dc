#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A failed point fails a script that exits 0.
# selftest: 1 1 of 2 points failed, first: not ok 2 - second
echo "1..2"
echo "ok 1 - first"
echo "not ok 2 - second"
exit 0
