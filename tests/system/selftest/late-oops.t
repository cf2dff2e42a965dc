#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A complaint of the kernel after the last point still counts.
# selftest: 126 Oops
echo "1..1"
echo "ok 1 - looks good"
echo "<1>Internal error: Oops: 0000000096000005 [#1] SMP (self-test of the harness)" >/dev/kmsg
exit 0
