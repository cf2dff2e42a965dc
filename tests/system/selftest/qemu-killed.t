#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The host kills this QEMU when it sees the text below.
# selftest: 127 QEMU ended in
echo "1..1"
echo "ok 1 - before the end"
echo "# selftest: kill me"
sleep 1000
