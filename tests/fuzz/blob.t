#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The verifier against its corpus, then against whatever libFuzzer makes of it in FUZZ_SECONDS (default 5).
set -u
dir=build/host/fuzz
. tests/fuzz/lib.sh

seeds() {
	mkdir -p $dir/corpus-blob
	$dir/seed $dir/corpus-blob
}

fuzz_run blob CFG-003 -max_len=4096
