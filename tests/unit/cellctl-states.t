#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# `cellctl help states` prints the hypervisor's own table of verbs and states, and the manual shows the same.
set -u

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo "1..1"
${CELLCTL:-build/host/cellctl} help states --json | tr '{' '\n' | sed -n 's/^"verb":"//p' |
	sed 's/}.*//; s/"[a-z]*":"refused"//g; s/"[a-z]*"://g; s/"//g' | tr ',' '|' >"$dir/printed"
sed -n '/^| verb | locked /,/^$/p' hypervisor/README.md | sed '1,2d; /^$/d; s/ *| */|/g; s/^|//; s/|$//' >"$dir/manual"
[ -s "$dir/printed" ] && diff "$dir/printed" "$dir/manual" >"$dir/diff" && echo "ok 1 - same table [LIFE-011]" && exit 0
echo "not ok 1 - cellctl help states and hypervisor/README.md differ [LIFE-011]"
sed 's/^/# /' "$dir/diff"
exit 1
