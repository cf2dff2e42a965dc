#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The x86 decoder against a disassembler, on encodings both know and on whatever libFuzzer makes of them in FUZZ_SECONDS (default 5).
set -u
dir=build/host/fuzz
. tests/fuzz/lib.sh

seeds() {
	mkdir -p $dir/corpus-insn
	$dir/insn-random 1 2000 $dir/corpus-insn >"$dir/log-insn"
}

fuzz_run insn ISO-346 -max_len=16
