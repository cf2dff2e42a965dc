#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every row of probes.tsv, a ticking cell and a canary page of the root beside it. PROBE=name in /data/only restricts it to some.
# timeout: 1800
# files: tests/system/probes.tsv BUILD/inmates/probes/symbols BUILD/tests/canary BUILD/tests/word BUILD/tests/alarm
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
. /lib/bulkhead/probes.sh

check "enable [RUN-001]" bulkhead_up
check "a victim cell [ISO-024]" cell_boot ticker
check "it ticks [ISO-024]" console_wait ticker '^tick ' 20
canary_start # here, not in a subshell: it sets variables
like "a victim page of the root [ISO-024]" "$canary_address" "^0x"
is "the hypervisor is not where the probe has memory [ISO-002]" "$(target_is_own "$(status_of memory_base)" && echo own)" ""
check "control: an interrupt of the root comes [ISO-011]" clock_rings
grep -v '^#' /data/probes.tsv | grep "	$ARCH	" >/tmp/rows
interrupts "$CLOCK_IRQ" >/tmp/clock
interrupts "Timer broadcast" >/tmp/broadcasts
while IFS='	' read -r probe target arch outcome value pc promise; do
	[ -e /data/only ] && ! grep -qx "$probe" /data/only && continue
	probe_test "$probe" "$target" "$outcome" "$value" "$pc" "$promise"
done </tmp/rows
canary_stop # here, too: it waits for what this shell started
is "the root's page is as it was [ISO-003]" "$(tail -n 1 /tmp/canary)" "canary: intact"
is "the root got no interrupt it had not asked for [ISO-011]" "$(interrupts "$CLOCK_IRQ")" "$(cat /tmp/clock)"
is "nor one another CPU sent [ISO-014]" "$(interrupts "Timer broadcast")" "$(cat /tmp/broadcasts)"
check "and gets the one it asks for, where it wants it [ISO-011]" clock_rings
is "no complaints in dmesg [ISO-024]" "$(dmesg_complaints)" 0
is "the victim cell still runs [ISO-024]" "$(cell_state ticker)" running
is "all CPUs but the victim's are the root's [ISO-024]" "$(cpus_online)" 0-2
check "disable [RUN-001]" bulkhead_down
done_testing
