#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The verifier against its corpus, then against whatever libFuzzer makes of it in FUZZ_SECONDS (default 5).
set -u
dir=build/host/fuzz
seconds=${FUZZ_SECONDS:-5}

mkdir -p $dir/corpus $dir/found
echo 1..3
result() { # status, name
	n=$((${n:-0} + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		bad=1
	fi
}
run() { $dir/blob -seed=1 -max_len=4096 -timeout=5 -artifact_prefix=$dir/found/ "$@" >$dir/log 2>&1; }

$dir/seed $dir/corpus
result $? "seeds [CFG-003]"
run -runs=0 $dir/corpus
result $? "corpus [CFG-003]"
run -max_total_time="$seconds" $dir/corpus
result $? "$seconds s of new inputs: $(sed -n 's/^Done \([0-9]*\) runs.*/\1 runs/p' $dir/log) [CFG-003]"
[ "${bad:-0}" = 0 ] || sed 's/^/# /' $dir/log
exit "${bad:-0}"
