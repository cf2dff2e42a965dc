#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The monitor against cellctl/fake_driver.c, preloaded, whose cell stays failed (or what FAKE_STATE says) whatever is done to it: what it
# does and says, what it keeps for the next one, and that there is one.
set -u

. tests/unit/cellctl/lib.sh
board=$PWD/configs/qemu-arm64/board.dts
evidence="$dir/said $dir/err $dir/log"
pid=
trap '[ -z "$pid" ] || kill -9 $pid; rm -rf "$dir"' EXIT
export FAKE_CELL=plc

is() { # name, got, wanted
	[ "$2" = "$3" ] || printf '# got: %s\n# not: %s\n' "$2" "$3"
	[ "$2" = "$3" ]
	result $? "$1"
}

cellctl() { LD_PRELOAD="$dir/fake.so" "$cellctl" "$@"; }
begin() { # EVENT [VARIABLE=VALUE...]: a monitor in the background; waits until it says so
	rm -f log said err
	event=$1
	shift
	env LD_PRELOAD="$dir/fake.so" "$@" "$cellctl" monitor --json -b "$board" >said 2>err &
	pid=$!
	wait_said "$event"
}
wait_until() { # COMMAND...
	tries=1000
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.01
	done
}
stopped() { grep -qs "^State:.*T" "/proc/$1/status"; } # PID
said_or_gone() { grep -qs "\"event\":\"$1\"" said || ! kill -0 $pid 2>/dev/null; }
wait_said() { wait_until said_or_gone "$1" && grep -qs "\"event\":\"$1\"" said; } # EVENT
end() {
	kill -9 $pid
	wait $pid 2>/dev/null
	pid=
}
heard() { sed -n 's/.*"event":"\([a-z-]*\)".*/\1/p' said | tr '\n' ' '; }
done_to_it() { [ ! -e log ] || tr '\n' ' ' <log; }

header=$PWD/hypervisor/include/dt-bindings/bulkhead/cell.h
sed "s|<dt-bindings/bulkhead/cell.h>|\"$header\"|; /host-address/d; s|^};|\tchosen { kernel = \"k.bin\"; };\n};|" \
	tests/unit/checks/other.dts >"$dir/plain"
head -c 100 /dev/zero >"$dir/k.bin"
cd "$dir" || exit 1
with() { sed "s|cpus = |$*\n\t&|" plain >plc.dts; }
create() {
	with "$@"
	rm -rf run
	env -u FAKE_CELL LD_PRELOAD="$dir/fake.so" "$cellctl" create plc.dts -b "$board" >said 2>err || sed "s/^/# /" err
}
once="load 1 0x40000000 100 start 1 0x40000000 0x40400000 "

create 'restart = "on-fault"; restart-limit = <2>;'
begin given-up
result $? "a cell that fails again and again is given up [LIFE-279]"
is "after restart-limit restarts [LIFE-279]" "$(heard)" "watching restarted restarted given-up "
is "each of which loads and starts it, and no more [LIFE-279]" "$(done_to_it)" "stop 1 flags 0 ${once}stop 1 flags 0 $once"
grep -q '"cell":"plc","cause":"memory-write",.*"restarts":2,.*failed \[memory-write\]; started again, 2 of 2 in 60 s"\],"ok":true' said
result $? "what it says names cell, cause and count [LIFE-279]"
awk '!/^{"schema":"bulkhead.monitor\/1",.*"messages":\[.*\]}$/ { bad = 1 } END { exit bad }' said
result $? "each line is a JSON object [LIFE-279]"
mkdir -p "machine/proc/$pid"
echo cellctl >"machine/proc/$pid/comm"
cellctl monitor >out 2>err
is "a second one refuses [LIFE-284]" $? 1
grep -q "error \[monitor-runs\]: a monitor runs already: pid $pid (cellctl); fix:" err
result $? "and names the first [LIFE-284]"
cellctl status >out 2>err
grep -q "^monitor  *pid $pid$" out
result $? "as status does [LIFE-284]"
cellctl show plc >out 2>err
grep -q '^  given up  *yes' out && grep -q '^restart  *on-fault' out
result $? "show says that it was given up [LIFE-279]"
end
begin ended
is "the next monitor knows that it was given up [LIFE-280]" "$(heard)$(done_to_it)" "watching ended "
end
env LD_PRELOAD="$dir/fake.so" BULKHEAD_STOP_AT=start "$cellctl" reset plc -b "$board" >out 2>err &
pid=$!
wait_until stopped $pid
[ ! -e run/plc.tries ]
result $? "by hand it is forgotten before the cell starts, and can fail [LIFE-279]"
end
echo 1 2 1 0 >run/plc.tries
FAKE_FAIL="6 22 cell plc is failed: start does not apply" cellctl start plc >out 2>err
is "unless it does not start [LIFE-279]" "$? $(cat run/plc.tries)" "1 1 2 1 0"
cellctl reset plc -b "$board" >out 2>err
grep -q '\[monitor-missing\]' err
result $? "reset by hand warns that no monitor runs [LIFE-279]"
begin given-up
is "and the count begins anew [LIFE-279]" "$(heard)" "watching restarted restarted given-up "
end
echo damaged >run/plc.tries
begin ended
is "a damaged record counts as given up [LIFE-280]" "$(heard)$(done_to_it)" "watching ended "
grep -q '"id":"monitor-record"' said
result $? "and is told [LIFE-280]"
end

create 'restart = "on-fault"; restart-limit = <1>;'
rm -f events && mkfifo events
event() { echo "$*" >events; } # WORD...
heard_times() { [ "$(heard | tr ' ' '\n' | grep -cx "$1")" -ge "$2" ]; }
heard_so_far() { wait_until heard_times "$1" "$2" && heard; } # EVENT COUNT
begin given-up FAKE_EVENTS=1
is "failed, and given up [LIFE-285]" "$(heard)" "watching restarted given-up "
event "forged BULKHEAD_EVENT=state BULKHEAD_CELL=plc BULKHEAD_STATE=running"
event "BULKHEAD_EVENT=state BULKHEAD_CELL=other BULKHEAD_STATE=running"
event "BULKHEAD_EVENT=destroy BULKHEAD_CELL=plc"
is "gone and made anew: it is learnt again [LIFE-285]" "$(heard_so_far ended 1)" "watching restarted given-up ended "
event "BULKHEAD_EVENT=state BULKHEAD_CELL=plc BULKHEAD_STATE=running"
is "it ran since the last look, and failed again: told again [LIFE-285]" \
	"$(heard_so_far ended 2)" "watching restarted given-up ended ended "
event lost
is "events that were lost: it is learnt again [LIFE-285]" "$(heard_so_far ended 3)" "watching restarted given-up ended ended ended "
rm run/plc.tries
event "BULKHEAD_EVENT=state BULKHEAD_CELL=other BULKHEAD_STATE=running"
is "what a process says of it does not count, nor what is said of others [LIFE-285]" \
	"$(heard_so_far given-up 2)" "watching restarted given-up ended ended ended restarted given-up "
end

create 'restart = "on-fault"; restart-limit = <2>;'
mv k.bin away.bin
begin restart-failed
is "without its file it is given up at once [LIFE-279]" "$(heard)$(done_to_it)" "watching restart-failed "
grep -q '"id":"file-missing"' said
result $? "and the reason is told [LIFE-279]"
mv away.bin k.bin
end

create 'restart = "on-fault"; restart-limit = <1>;'
begin watching BULKHEAD_STOP_AT=start
child_stopped() {
	child=$(cat "/proc/$pid/task/$pid/children")
	[ -n "$child" ] && stopped "${child% }"
}
wait_until child_stopped
end
is "killed between load and start [LIFE-280]" "$(done_to_it)" "stop 1 flags 0 load 1 0x40000000 100 "
wait_until [ ! -e "/proc/${child% }" ]
result $? "its child ends with it [LIFE-280]"
is "the count was kept before anything was done [LIFE-280]" "$(cut -d' ' -f2- run/plc.tries)" "1 0 1"
sed -i 's/ 1 0 1/ 0 0 1/' run/plc.tries
begin restarted FAKE_STATE=2
is "the next one starts what is loaded only [LIFE-280]" "$(heard | cut -d' ' -f1-2)" "watching restarted"
end

create
begin ended
is "no policy: told, and left alone [LIFE-278]" "$(heard)$(done_to_it)" "watching ended "
end
create 'watchdog-ms = <50>;'
begin hung FAKE_STATE=3
is "a heartbeat that stands still: stopped as failed, even if critical [LIFE-281]" "$(head -n 1 log)" "stop 1 flags 3"
end
begin hung FAKE_STATE=3 FAKE_FAIL="7 1 cell plc is critical and the machine is locked: stop is refused; ask by cellctl shutdown"
is "that cannot be stopped [LIFE-281]" "$(heard)" "watching hung "
grep -q '"id":"cell-critical"' said
result $? "is told with the reason [LIFE-281]"
end
rm -rf run
begin unknown
grep -q 'no record of the file of cell' said
result $? "a cell nobody knows the file of is told, and left alone [LIFE-280]"
end
begin disabled FAKE_FAIL="10 19"
wait $pid
is "disable ends it [LIFE-284]" "$? $(heard)" "0 watching disabled "
pid=
echo "1..$n"
exit $failed
