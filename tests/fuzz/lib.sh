# SPDX-License-Identifier: GPL-2.0-only
# What the targets of libFuzzer are run by: their seeds, then the corpus, then FUZZ_SECONDS (default 5) of new inputs, from one seed.
# Sourced with the function `seeds`, which makes build/host/fuzz/corpus-NAME.

# fuzz_run NAME PROMISE OPTION...
fuzz_run() {
	target=$1
	promise=$2
	shift 2
	number=0
	bad=0
	mkdir -p $dir/found
	rm -f "$dir/log-$target"
	echo 1..3
	fuzz_point "seeds" seeds
	fuzz_point "corpus" fuzz_target -runs=0 "$@"
	fuzz_point "${FUZZ_SECONDS:-5} s of new inputs" fuzz_target -max_total_time="${FUZZ_SECONDS:-5}" "$@"
	[ $bad = 0 ] || grep -vE '^#[0-9]|NEW_FUNC' "$dir/log-$target" | tail -n 40 | sed 's/^/# /'
	exit $bad
}

# What is found is written to build/host/fuzz/found/: run the target with that file to see it again.
fuzz_target() {
	$dir/"$target" -seed=1 -timeout=10 -artifact_prefix="$dir/found/$target-" "$@" "$dir/corpus-$target" >"$dir/log-$target" 2>&1
}

fuzz_point() { # name, command
	point=$1
	shift
	number=$((number + 1))
	"$@"
	status=$?
	done_runs=$(sed -n 's/^Done \([0-9]*\) runs.*/: \1 runs/p' "$dir/log-$target" 2>/dev/null)
	if [ $status = 0 ]; then
		echo "ok $number - $point$done_runs [$promise]"
	else
		echo "not ok $number - $point [$promise]"
		bad=1
	fi
}
