#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every id that the sources can show is explained: messages of cellctl, checks, refusals of the verifier, steps of enable, fault causes,
# exit reasons. A new one without an explanation fails here. Run from the top of the tree; CELLCTL names the program.
set -u

cellctl=${CELLCTL:-build/host/cellctl}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
failed=0

# Whole files as one line, so that a call may be broken over several.
words() { tr -s '\n\t' '  ' | grep -oE "$1" | sed 's/.*"\([^"]*\)"[^"]*$/\1/'; }
check() { # NAME LEAST: of the ids in $dir/found
	n=$((n + 1))
	sort -u "$dir/found" >"$dir/ids"
	awk 'NR == FNR { known[$1] = 1; next } !($1 in known) { print "# not explained: " $1; bad = 1 } END { exit bad }' \
		"$dir/known" "$dir/ids" && [ "$(wc -l <"$dir/ids")" -ge "$2" ] && echo "ok $n - $1 [UX-010]" && return
	echo "not ok $n - $1: $(wc -l <"$dir/ids") ids [UX-010]"
	failed=1
}

$cellctl explain --json | sed 's/{"id":"/\n/g' | sed -n 's/^\([^"]*\)","kind":"[a-z]*","help":".\{8,\}".*/\1/p' >"$dir/known"
cat tools/cellctl/*.c | words 'message_(error|warning)\((NULL|&[a-z]+), "[a-z0-9-]+"' >"$dir/found"
check "messages of cellctl" 20
sed -n 's/^\t{ [A-Z0-9]*, \("[^"]*"\|NULL\), "\([a-z-]*\)", EXIT.*/\2/p' tools/cellctl/driver.c >"$dir/found"
check "failures of the driver" 20
cat tools/cellctl/*.c | words 'layout_problem_set\( ?problem, "[a-z0-9-]+"' >"$dir/found"
check "files that cannot be loaded" 5
sed -n 's/^\t{ "\([a-z0-9-]*\)", ".*check_.*/\1/p' tools/cellctl/checks.c >"$dir/found"
check "checks" 40
words 'X\([A-Z_]+, "[a-z0-9-]+"' <hypervisor/include/bulkhead/blob_parts.h >"$dir/found"
check "refusals of the verifier" 40
sed -n 's/^\t{ "\([a-z-]*\)", \(FIRST\|EACH\)_CPU,.*/\1/p' hypervisor/core/init.c >"$dir/found"
check "steps of enable" 10
sed -n 's/^\tX([0-9]*, [A-Z]*, "\([a-z-]*\)".*/\1/p' hypervisor/include/bulkhead/abi/fault.h | grep -vx none >"$dir/found"
check "fault causes" 13
sed -n 's/^\tX([0-9]*, [A-Z]*, "\([a-z-]*\)".*/\1/p' hypervisor/include/bulkhead/abi/exits.h >"$dir/found"
check "exit reasons" 20
n=$((n + 1))
$cellctl explain watchdog-rnage >"$dir/out" 2>&1
if [ $? = 2 ] && grep -q "did you mean 'watchdog-range'" "$dir/out"; then echo "ok $n - an id that does not exist [UX-010]"; else
	echo "not ok $n - an id that does not exist [UX-010]"
	failed=1
fi
echo "1..$n"
exit $failed
