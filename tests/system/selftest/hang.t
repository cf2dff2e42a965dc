#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A script that never ends is stopped by its own clock, with registers and logs.
# timeout: 3
# selftest: 124 cpu 3: pc=0x
echo "1..1"
echo "ok 1 - before the hang"
sleep 1000
