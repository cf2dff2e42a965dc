#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# `cellctl help states` prints the hypervisor's own table of verbs and states: both sources have the same text.
set -u

table() { sed -n '/^static const u8 next_state\[/,/^};/p' "$1" | tr -d ' \t\n'; }

echo "1..1"
hypervisor=$(table hypervisor/core/cell.c)
[ -n "$hypervisor" ] && [ "$hypervisor" = "$(table tools/cellctl/states.c)" ] && echo "ok 1 - same table" && exit 0
echo "not ok 1 - hypervisor/core/cell.c and tools/cellctl/states.c differ"
exit 1
