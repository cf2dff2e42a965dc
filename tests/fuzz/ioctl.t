#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The driver's ioctls: lives of cells, then whatever libFuzzer makes of them in FUZZ_SECONDS (default 5).
set -u
dir=build/host/fuzz
. tests/fuzz/lib.sh

# Numbers of rows in `calls` of driver/main.c. A call is 64 bytes: file, 0, row, mode, and zeros where nothing goes wrong.
calls() { # NAME ROW...
	as=$dir/corpus-ioctl/$1
	shift
	{
		printf '\1\1'
		for row; do
			printf "\\0\\0\\$(printf %o "$row")\\0"
			head -c 60 /dev/zero
		done
	} >"$as"
}

seeds() {
	rm -rf $dir/corpus-ioctl
	mkdir -p $dir/corpus-ioctl
	calls life 2 3 4 5 8 9 6 7 1
	calls two 2 3 2 3 4 7 4 7
	calls queries 2 3 13 14 15 16 17 18 19 10
	calls disabled 1 0 11 12 1 0
	for row in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do calls after-$row 2 3 $row; done
}

fuzz_run ioctl DRV-001 -max_len=2048
