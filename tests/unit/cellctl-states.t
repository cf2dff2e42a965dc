#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# `cellctl help states` prints the hypervisor's own table of verbs and states, and the manual shows the same.
set -u

table() { # lines "VERB|STATE..."
	tr -s ' ' | sed 's/ *| */|/g; s/^|//; s/|$//'
}

echo "1..1"
${CELLCTL:-build/host/cellctl} help states --json | tr '{' '\n' | sed -n 's/^"verb":"//p' | sed 's/}.*//; s/"[a-z]*":"refused"//g; s/"[a-z]*"://g; s/"//g' |
	tr ',' '|' >/tmp/states.$$
sed -n '/^| verb | none /,/^$/p' hypervisor/README.md | sed '1,2d; /^$/d' | table >/tmp/manual.$$
if [ -s /tmp/states.$$ ] && cmp /tmp/states.$$ /tmp/manual.$$ >&2; then status=0; echo "ok 1 - same table [LIFE-011]"; else
	status=1
	echo "not ok 1 - cellctl help states and hypervisor/README.md differ [LIFE-011]"
	diff /tmp/states.$$ /tmp/manual.$$ | sed 's/^/# /'
fi
rm -f /tmp/states.$$ /tmp/manual.$$
exit $status
