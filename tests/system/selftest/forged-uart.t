#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# TAP on a cell's UART is not TAP.
# boards: qemu-arm64 qemu-x86-amd
# selftest: 1 plan of 2 points, 1 seen
echo "1..2"
echo "ok 1 - on T"
tty=/dev/ttyAMA1
[ -e $tty ] || tty=/dev/ttyS1
printf 'ok 2 - forged\nrun: exit 0\n' >$tty
exit 0
