#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The x86 decoder against a disassembler: FUZZ_COUNT random encodings (default 500,000, always the same), and as many of FUZZ_SEED.
set -u
count=${FUZZ_COUNT:-500000}
bad=0

echo 1..2
try() { # number, seed, name
	if build/host/fuzz/insn-random "$2" "$count"; then
		echo "ok $1 - $3 [ISO-346]"
	else
		echo "not ok $1 - $3 [ISO-346]"
		bad=1
	fi
}
try 1 1 "what it decodes is what the disassembler says"
try 2 "${FUZZ_SEED:-2}" "and with other encodings"
exit $bad
