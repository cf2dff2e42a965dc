#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The monitor, with a 1 kHz cell beside what it brings back: who fails, resets or hangs runs again, restart-limit times; who is suspended is
# not hung; a monitor that dies takes no cell and no count with it.
# set: full on qemu-arm64-ds0
# timeout: 400
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

monitor_start() { # NAME OF THE POINT [VARIABLE=VALUE]: here, not in a subshell: it sets a variable
	point=$1
	shift
	: >/tmp/monitor
	env "$@" cellctl monitor --json >>/tmp/monitor 2>&1 &
	monitor=$!
	check "$point" wait_for 20 said watching
}
monitor_kill() {
	kill -9 $monitor
	wait $monitor 2>/dev/null
	true
}
said() { grep -q "\"event\":\"$1\"" /tmp/monitor; }
count_of() { grep -c "\"event\":\"$1\",\"cell\":\"$2\"" /tmp/monitor; } # EVENT CELL
said_times() { [ "$(count_of "$1" "$2")" -ge "$3" ]; }
ticks_reach() { [ "$(last_tick)" -ge "$1" ]; }
more_ticks() { ticks_reach $(($(last_tick) + 1000)); }
ticking() { tick=$(last_tick) && wait_for 30 ticks_reach $((tick + 1000)); }
starts() { console "$1" | grep -c "^$2"; } # CELL REGEX
# From one fault to the next of a guest that fails at once: found, loaded, started. In ticks of the cell beside it: its timer and these
# counters are one clock.
longest_gap() {
	sed -n 's/.*"event":"\(restarted\|given-up\)","cell":"probe".*"counter":\([0-9]*\).*/\2/p' /tmp/monitor |
		awk -v hz="$hz" 'NR > 1 && $1 - last > most { most = $1 - last } { last = $1 } END { printf "%d\n", most * 1000 / hz }'
}
file() { # CELL KERNEL PROPERTIES
	sed "s|compatible = |cell-name = \"$1\"; $3 &|; s|kernel = .*|kernel = \"$2\";|" "$TESTS/idle.dts" >"/tmp/$1.dts"
}

insmod /lib/modules/bulkhead.ko
like "nothing to watch yet [LIFE-284]" "$(cellctl monitor 2>&1)" '\[not-enabled\]'
check "enable [RUN-001]" bulkhead_up
check "a ticking cell [LIFE-283]" cell_boot ticker
check "it ticks [LIFE-283]" console_wait ticker '^tick [0-9]+' 60
hz=$(console ticker | sed -n 's/.*counter \([0-9]*\) Hz$/\1/p')
monitor_start "the monitor [LIFE-284]"
like "a second one refuses and names the first [LIFE-284]" "$(cellctl monitor 2>&1)" "\[monitor-runs\].*pid $monitor \(cellctl\)"
is "so does status [LIFE-284]" "$(status_of monitor)" "pid $monitor"

file probe /inmates/probes/read.elf 'restart = "on-fault"; restart-limit = <3>;'
check "a cell that fails at once, with a limit of 3 [LIFE-279]" cellctl boot /tmp/probe.dts
check "is given up in the end [LIFE-279]" wait_for 60 said given-up
is "after three restarts [LIFE-279]" "$(count_of restarted probe) $(cell_state probe)" "3 failed"
is "it really ran four times [LIFE-279]" "$(starts probe 'attack: ')" 4
diag "longest time from a fault to the next: $(longest_gap) ticks"
check "each came within 1,000 ticks [LIFE-283]" test "$(longest_gap)" -gt 0 -a "$(longest_gap)" -lt 1000
check "the cell beside it ticks on [LIFE-283]" ticking
like "show says so [LIFE-279]" "$(cellctl show probe)" '^  given up  *yes'
monitor_kill
monitor_start "another monitor [LIFE-280]"
check "sees it [LIFE-280]" wait_for 20 said ended
is "and knows that it was given up [LIFE-280]" "$(count_of restarted probe)" 0
check "started by hand it counts anew [LIFE-279]" eval "cellctl reset probe && wait_for 60 said given-up"
is "three times [LIFE-279]" "$(count_of restarted probe)" 3
check "destroy [RUN-001]" cellctl destroy probe

monitor_kill
monitor_start "a monitor that stops before it starts the cell [LIFE-280]" BULKHEAD_STOP_AT=start
check "the cell again [LIFE-280]" cellctl boot /tmp/probe.dts
check "is loaded and not started [LIFE-280]" wait_for 30 cell_is probe loaded
monitor_kill
monitor_start "the next monitor [LIFE-280]"
check "goes on where it was [LIFE-280]" wait_for 60 said given-up
is "with the count [LIFE-280]" "$(count_of restarted probe)" 2
[ $tap_failed = 0 ] || diag "$(cat /tmp/monitor /run/bulkhead/probe.tries 2>&1; ls -l /run/bulkhead)"
check "destroy [RUN-001]" cellctl destroy probe

file hang /inmates/idle.elf 'restart = "on-fault"; restart-limit = <1>; watchdog-ms = <300>;'
check "a cell without a heartbeat, and a watchdog [LIFE-281]" cellctl boot /tmp/hang.dts
check "is found hung, started again, found hung, given up [LIFE-281]" wait_for 60 said_times given-up hang 1
is "in that order [LIFE-281]" "$(sed -n 's/.*"event":"\([a-z-]*\)","cell":"hang".*/\1/p' /tmp/monitor | tr '\n' ' ')" \
	"hung restarted hung given-up "
is "and its record says why [LIFE-281]" "$(cell_state hang) $(cell_field hang cause)" "failed watchdog"
check "destroy [RUN-001]" cellctl destroy hang
check "destroy [RUN-001]" cellctl destroy ticker

sed 's/compatible = /watchdog-ms = <2000>; restart = "always"; &/' $TESTS/ticker.dts >/tmp/ticker.dts
check "the ticking cell with a watchdog [LIFE-282]" cellctl boot /tmp/ticker.dts
check "it ticks [LIFE-282]" console_wait ticker '^tick [0-9]+' 60
check "suspend [LIFE-282]" cellctl suspend ticker
now=$(cut -d. -f1 /proc/uptime)
later() { [ "$(cut -d. -f1 /proc/uptime)" -ge $((now + 7)) ]; }
check "seven seconds go by [LIFE-282]" wait_for 30 later
is "it is suspended, not hung [LIFE-282]" "$(cell_state ticker) $(count_of hung ticker)" "suspended 0"
check "resume [LIFE-282]" cellctl resume ticker
check "it ticks on [LIFE-281]" wait_for 60 ticking
is "and was never taken for hung [LIFE-281]" "$(count_of hung ticker) $(cell_state ticker)" "0 running"
monitor_kill
check "without a monitor it ticks on [LIFE-280]" ticking
monitor_start "the monitor again [LIFE-280]"
check "asked to shut down, it does [LIFE-278]" cellctl shutdown --timeout 30 ticker
check "that is told [LIFE-278]" wait_for 20 said_times ended ticker 1
is "and not undone [LIFE-278]" "$(cell_state ticker) $(count_of restarted ticker)" "stopped 0"
check "destroy [RUN-001]" cellctl destroy ticker

for end in reset off; do
	for policy in always on-fault; do
		file $end /inmates/probes/system-$end.elf "restart = \"$policy\"; restart-limit = <1>;"
		: >/tmp/monitor # it appends
		check "a guest that ends by $end, restart = $policy [LIFE-278]" cellctl boot /tmp/$end.dts
		[ $policy = always ] && last=given-up || last=ended
		check "ends so [LIFE-278]" wait_for 60 said_times "$last" $end 1
		is "restarts [LIFE-278]" "$(count_of restarted $end)" "$([ $policy = always ] && echo 1 || echo 0)"
		[ $end = reset ] && cause=reset || cause=switched-off
		is "its record [LIFE-278]" "$(cell_state $end) $(cell_field $end cause)" "stopped $cause"
		check "destroy [RUN-001]" cellctl destroy $end
	done
done
is "no complaints in dmesg [LIFE-283]" "$(dmesg_complaints)" 0
check "disable [RUN-001]" cellctl disable
wait $monitor
is "the monitor ends with it, and well [LIFE-284]" "$? $(grep -c '"event":"disabled"' /tmp/monitor)" "0 1"
check "rmmod [RUN-001]" rmmod bulkhead
is "all CPUs are back [ROOT-002]" "$(cpus_online)" 0-3
done_testing
