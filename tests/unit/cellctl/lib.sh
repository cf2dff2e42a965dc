# SPDX-License-Identifier: GPL-2.0-only
# For tests of cellctl with fake_driver.c preloaded; sourced from the top of the tree. CELLCTL names the program.
# Gives $cellctl, the directory $dir that goes with the test, run and result; $evidence: the files a failed point shows.

cellctl=${CELLCTL:-build/host/cellctl}
case $cellctl in /*) ;; *) cellctl=$PWD/$cellctl ;; esac
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
gcc -shared -fPIC -w -D_GNU_SOURCE -Ihypervisor/include -o "$dir/fake.so" tests/unit/cellctl/fake_driver.c -ldl || exit 1
export FAKE_DIR="$dir" ASAN_OPTIONS=verify_asan_link_order=0
evidence="$dir/out $dir/err"
n=0
failed=0

result() { # status, name
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		# shellcheck disable=SC2086 # a list
		sed 's/^/# /' $evidence 2>/dev/null
		failed=1
	fi
}

run() { # [VARIABLE=VALUE...] VERB...: output in out and err, exit code in $code
	rm -rf "$dir/log"
	env LD_PRELOAD="$dir/fake.so" "$@" >"$dir/out" 2>"$dir/err"
	code=$?
}
