#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A guest is asked to end: it does, or refuses, or takes note and goes on, or never looks. Whatever it does, the root is told.
# timeout: 240
# set: full on qemu-arm64-ds0
# files: BUILD/tests/word
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
PATH=$PATH:/data

ask() { # CELL SECONDS -> "exit code id"
	cellctl shutdown --timeout "$2" "$1" >/tmp/asked 2>&1
	echo "$? $(sed -n 's/.*error \[\([a-z-]*\)\].*/\1/p' /tmp/asked | tail -n 1)"
}
ticking() {
	tick=$(last_tick)
	wait_for 30 ticks_on
}
ticks_on() { [ "$(last_tick)" -gt "${tick:-0}" ]; }
boot_ticker() { # OPTION
	cell_boot ticker 0 "$1" && console_wait ticker '^tick [0-9]+' 60
}

check "enable [RUN-001]" bulkhead_up
check "boot [RUN-001]" boot_ticker 0
is "asked, it ends [LIFE-270]" "$(ask ticker 30)" "0 "
is "by itself [LIFE-270]" "$(cell_state ticker)" stopped
like "it was told [LIFE-270]" "$(console ticker)" '^ticker: asked to shut down$'
is "a stopped cell is not asked [LIFE-270]" "$(ask ticker 1)" "1 cell-state"
check "started again it is not asked by the old request [LIFE-271]" eval "cellctl start ticker && ticking"
is "and ends when asked anew [LIFE-270]" "$(ask ticker 30)" "0 "
check "destroy [RUN-001]" cellctl destroy ticker

check "one that refuses [RUN-001]" boot_ticker 1
is "asked, it says no [LIFE-270]" "$(ask ticker 30)" "1 shutdown-refused"
like "in clear words [LIFE-270]" "$(cat /tmp/asked)" "guest of cell 'ticker' refuses to shut down; it goes on"
check "and ticks [LIFE-270]" ticking
is "state [LIFE-270]" "$(cell_state ticker)" running
is "asked again it says no again [LIFE-270]" "$(ask ticker 30)" "1 shutdown-refused"
check "destroy [RUN-001]" cellctl destroy ticker

check "one that takes note and goes on [RUN-001]" boot_ticker 2
is "times out [LIFE-270]" "$(ask ticker 3)" "6 timed-out"
like "having seen it [LIFE-270]" "$(cat /tmp/asked)" 'saw the request and did not end in 3 s'
check "and ticks [LIFE-270]" ticking
check "destroy [RUN-001]" cellctl destroy ticker

check "one that never looks [RUN-001]" cell_boot idle
is "times out [LIFE-270]" "$(ask idle 1)" "6 timed-out"
like "without having looked [LIFE-270]" "$(cat /tmp/asked)" 'did not look at the request'
is "state [LIFE-270]" "$(cell_state idle)" running
check "destroy [RUN-001]" cellctl destroy idle
check "disable [RUN-001]" bulkhead_down
is "CPUs [ROOT-002]" "$(cpus_online)" 0-3
done_testing
