#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A locked machine: nothing changes its owner, cells are started and stopped, a critical one cannot be held up. Until the machine is reset.
# boot: own
# timeout: 240
# set: full on qemu-arm64-ds0
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

refused() { # VERB...: "exit code id"
	cellctl "$@" >/tmp/said 2>&1
	echo "$? $(sed -n 's/.*error \[\([a-z-]*\)\].*/\1/p' /tmp/said | tail -n 1)"
}
ticks_on() { [ "$(last_tick)" -gt "${tick:-0}" ]; }

critical_ticker >/tmp/critical
sed 's/compatible = /cell-name = "third"; &/' $TESTS/ticker.dts >/tmp/third.dts
check "enable [RUN-001]" bulkhead_up
is "not locked [LIFE-272]" "$(status_of locked)" false
check "a cell [RUN-001]" cell_boot idle
check "a critical one [RUN-001]" cellctl boot /tmp/cells/ticker.dts
check "which ticks [LIFE-273]" console_wait ticker '^tick [0-9]+' 60
check "lock [LIFE-272]" cellctl lock
is "locked [LIFE-272]" "$(status_of locked)" true
check "once more changes nothing [LIFE-272]" cellctl lock
cpus=$(cpus_online)
is "create [LIFE-272]" "$(refused create /tmp/third.dts)" "1 machine-locked"
is "boot [LIFE-272]" "$(refused boot /tmp/third.dts)" "1 machine-locked"
is "destroy [LIFE-272]" "$(refused destroy --force idle)" "1 machine-locked"
is "disable [LIFE-272]" "$(refused disable)" "1 cell-exists"
check "suspend and resume [LIFE-272]" eval "cellctl suspend idle && cellctl resume idle"
check "stop and start [LIFE-272]" eval "cellctl stop idle && cellctl start idle"
check "reset: load is left to the root [LIFE-272]" cellctl reset idle
check "stop [LIFE-272]" cellctl stop idle
is "destroy of a stopped one [LIFE-272]" "$(refused destroy idle)" "1 machine-locked"
is "its state [LIFE-272]" "$(cell_state idle)" stopped
for verb in suspend stop reset; do
	is "$verb of the critical one, by force [LIFE-273]" "$(refused $verb --force ticker)" "1 cell-critical"
done
like "why [LIFE-273]" "$(cat /tmp/said)" 'critical and the machine is locked'
is "destroy [LIFE-272]" "$(refused destroy --force ticker)" "1 machine-locked"
is "its state [LIFE-273]" "$(cell_state ticker)" running
tick=$(last_tick)
check "and it ticks [LIFE-273]" wait_for 30 ticks_on
is "CPUs as before [LIFE-272]" "$(cpus_online)" "$cpus"
check "it may still end itself [LIFE-273]" cellctl shutdown --timeout 30 ticker
is "then it is started again [LIFE-272]" "$(cellctl start ticker >/dev/null 2>&1; cell_state ticker)" running
check "and ends once more, or the machine would not go down [LIFE-273]" cellctl shutdown --timeout 30 ticker
done_testing
