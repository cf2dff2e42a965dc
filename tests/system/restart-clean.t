#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A guest fills its registers with a pattern; the next owner of the same CPU and memory finds none of it.
# timeout: 120
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

probe_run() { # name
	cellctl create $TESTS/probe.dts && cellctl load probe "/inmates/probes/$1.elf" && cellctl start probe &&
		console_wait probe '^probe: done' 20
}

check "enable [RUN-001]" bulkhead_up
check "a cell dirties its CPU [ISO-030]" probe_run dirty
check "and is destroyed [ISO-030]" cellctl destroy probe
check "the next one looks [ISO-030]" probe_run registers
text=$(console probe)
diag "$(printf '%s\n' "$text" | grep -E '^(left|general)')"
like "no register keeps the pattern [ISO-030]" "$text" '^survived value=0x0$'
like "general registers are zero [ISO-030]" "$text" '^general 0x0$'
check "destroy [ISO-030]" cellctl destroy probe

# The same without the root on that CPU in between, whose own use of registers hides what was left.
after_restart() { console probe | sed -n "/^general/,\$p"; }
looked() { after_restart | grep -q "^probe: done"; }
check "a cell dirties its CPU once more [ISO-030]" probe_run dirty
check "and is stopped [ISO-030]" cellctl stop probe
check "another program is loaded [ISO-030]" cellctl load probe /inmates/probes/registers.elf
check "and started [ISO-030]" cellctl start probe
check "it looks [ISO-030]" wait_for 20 looked
like "no register keeps the pattern over a restart [ISO-030]" "$(after_restart)" '^survived value=0x0$'
check "destroy again [ISO-030]" cellctl destroy probe
check "disable [RUN-001]" bulkhead_down
done_testing
