#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# NMIs of the machine are the root's: each of them reaches it, below the hypervisor and in the moments of enable and disable. Cells go on.
# boards: qemu-x86-amd qemu-x86-la48
# timeout: 45
# qmp-on: "nmi: first" inject-nmi
# qmp-on: "nmi: second" inject-nmi
# qmp-on: "nmi: third" inject-nmi
# qmp-on: "nmi: among kicks" 2000 times inject-nmi
# qmp-on: "nmi: enable" 6000 times inject-nmi
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

nmis() { interrupts NMI: | awk '{ n += $2 } END { print n + 0 }'; } # of the root's kernel
more_nmis() { [ "$(nmis)" -gt "$1" ]; }

check "enable [ISO-310]" bulkhead_up
check "boot [ISO-310]" cell_boot ticker
check "it ticks [ISO-310]" console_wait ticker '^tick ' 20
passed=$(exits 0 nmi)
for which in first second third; do
	before=$(nmis)
	echo "nmi: $which"
	check "the $which NMI comes to the root [ISO-310]" wait_for 10 more_nmis "$before"
	usleep 500000
	is "and is one [ISO-310]" "$(nmis)" $((before + 1))
done
is "the hypervisor counted three [ISO-310]" $(($(exits 0 nmi) - passed)) 3
tick=$(last_tick)
before=$(nmis)
echo "nmi: among kicks"
lives=0
while [ $lives -lt 10 ] && cell_boot idle && cellctl destroy idle; do lives=$((lives + 1)); done
is "lives of a cell meanwhile [ISO-310]" $lives 10
diag "$(($(nmis) - before)) NMIs came"
check "many NMIs came to the root [ISO-310]" test "$(nmis)" -gt $((before + 100))
check "the ticker ticked on [ISO-310]" test "$(last_tick)" -gt "$tick"
check "destroy [ISO-310]" cellctl destroy ticker
check "disable [ISO-310]" bulkhead_down
before=$(nmis)
echo "nmi: enable"
rounds=0
while [ $rounds -lt 8 ] && bulkhead_up && bulkhead_down; do rounds=$((rounds + 1)); done
is "times enabled and disabled under NMIs [ISO-311]" $rounds 8
diag "$(($(nmis) - before)) NMIs came"
check "many of them came to the root [ISO-311]" test "$(nmis)" -gt $((before + 100))
is "no complaints in dmesg [ISO-311]" "$(dmesg_complaints)" 0
done_testing
