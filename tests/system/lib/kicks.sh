# SPDX-License-Identifier: GPL-2.0-only
# Kicks, and none is lost, the root's CPUs under full load and the cell's with a 1 kHz timer: a cell is suspended and resumed until
# $ROUNDS kicks have ended its run. A kick that gets lost, or is taken for somebody else's NMI, leaves its CPU where it was: the call
# fails, the CPU is lost.
# After tap.sh and cells.sh; needs load and kicks in /data.

foreign() { for cpu in 0 1 2 3; do exits $cpu nmi; done | awk '{ n += $1 } END { print n + 0 }'; }
nmis() { interrupts NMI: | awk '{ n += $2 } END { print n + 0 }'; }

check "enable [RUN-001]" bulkhead_up
check "boot [RUN-001]" cell_boot ticker
check "it ticks [ISO-312]" console_wait ticker '^tick ' 20
cpu=3
kicks=$(exits $cpu kick)
before="$(foreign) $(nmis)"
/data/load 600 >/dev/null &
load=$!
# A round is two kicks at least: one ends the guest's run for the suspend, one its sleep for the resume. The first kind is counted; on a
# busy host there may be none, as the guest has not run since it was resumed.
came=0
for round in $(seq 10); do
	/data/kicks ticker $ROUNDS
	lost=$?
	came=$(($(exits $cpu kick) - kicks))
	[ $lost = 0 ] && [ $came -lt $ROUNDS ] || break
done
is "each suspend and each resume came through [ISO-312]" $lost 0
kill $load
wait $load 2>/dev/null
[ "$(cell_state ticker)" = running ] || diag "$(cellctl show ticker)"
check "$came kicks ended the run of the cell's CPU, of $ROUNDS wanted [ISO-312]" test $came -ge $ROUNDS
is "none was taken for somebody else's [ISO-312]" "$(foreign) $(nmis)" "$before"
tick=$(last_tick)
more() { [ "$(last_tick)" -gt "$tick" ]; }
check "the cell ticks on [ISO-312]" wait_for 30 more
is "no CPU is lost [ISO-312]" "$(cellctl status | grep -ci lost)" 0
check "destroy [RUN-001]" cellctl destroy ticker
is "all CPUs are back [ROOT-002]" "$(cpus_online)" 0-3
check "disable [RUN-001]" bulkhead_down
done_testing
