#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A suspended cell does nothing, and goes on where it was; time has passed for it. Neither an interrupt nor an IPI is lost.
# timeout: 300
# files: BUILD/tests/word
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
PATH=$PATH:/data

ticks_reach() { [ "$(last_tick)" -ge "$1" ]; }
seconds() { cut -d. -f1 /proc/uptime; }
later() { [ "$(seconds)" -ge $(($1 + 4)) ]; }

check "enable [RUN-001]" bulkhead_up
check "boot [RUN-001]" cell_boot ticker
check "it ticks [LIFE-261]" console_wait ticker '^tick [0-9]+' 30
check "suspend [LIFE-261]" cellctl suspend ticker
is "state [LIFE-261]" "$(cell_state ticker) $(cat /sys/class/misc/bulkhead/cells/ticker/state)" "suspended suspended"
is "its CPU's state [LIFE-261]" "$(cell_field ticker state >/dev/null; cellctl show ticker --json | json_all state | tail -n 1)" suspended
tick=$(last_tick)
exits=$(exits 3 total)
check "four seconds go by [LIFE-261]" wait_for 20 later "$(seconds)"
is "it did not tick meanwhile [LIFE-261]" "$(last_tick)" "$tick"
is "its CPU made no exit [LIFE-261]" "$(exits 3 total)" "$exits"
check "suspend once more changes nothing [LIFE-261]" cellctl suspend ticker
check "resume [LIFE-261]" cellctl resume ticker
is "state [LIFE-261]" "$(cell_state ticker)" running
check "it ticks on, and makes up for the ticks it missed [LIFE-261]" wait_for 40 ticks_reach $((tick + 4000))
good=0
for i in 1 2 3 4 5 6 7 8; do
	cellctl suspend ticker >/dev/null && cellctl resume ticker >/dev/null && good=$((good + 1))
done
is "eight times in a row [LIFE-261]" $good 8
tick=$(last_tick)
check "and it ticks [LIFE-261]" wait_for 20 ticks_reach $((tick + 1000))
check "stop of a suspended cell [LIFE-262]" eval "cellctl suspend ticker && cellctl stop ticker && cell_is ticker stopped"
check "it starts again [LIFE-262]" cellctl start ticker
check "destroy of a suspended cell [LIFE-262]" eval "cellctl suspend ticker && cellctl destroy ticker"

check "three CPUs that interrupt each other [LIFE-262]" cell_boot smp 2000
check "they do [LIFE-262]" eval "mark_wait smp begin 60 && go_on smp"
good=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	cellctl suspend smp >/dev/null && cellctl resume smp >/dev/null && good=$((good + 1))
done
is "suspended and resumed twelve times [LIFE-262]" $good 12
check "it ran to its end [LIFE-262]" eval "mark_wait smp end 120 && go_on smp && console_wait smp '^smp: done' 60"
like "no call was lost [LIFE-262]" "$(console smp)" '^smp: 2000 of 2000 marked calls reached all others$'
check "destroy [RUN-001]" cellctl destroy smp
is "all CPUs are back [ROOT-002]" "$(cpus_online)" 0-3

# A critical cell: the boot is of the same file under its own name.
sed 's/compatible = /critical; &/' $TESTS/ticker.dts >/tmp/ticker.dts
TESTS=/tmp
check "a critical cell [LIFE-264]" cell_boot ticker
for verb in suspend stop destroy; do
	like "$verb is refused [LIFE-264]" "$(cellctl $verb ticker 2>&1)" "\[cell-critical\].*use $verb --force"
	is "and it runs [LIFE-264]" "$(cell_state ticker)" running
done
check "suspend by force [LIFE-264]" cellctl suspend --force ticker
check "resume needs none [LIFE-264]" cellctl resume ticker
check "destroy by force [LIFE-264]" cellctl destroy --force ticker
check "disable [RUN-001]" bulkhead_down
done_testing
