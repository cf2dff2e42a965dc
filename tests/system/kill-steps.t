#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# cellctl is killed before each of its steps. What it left is consistent: the next cellctl can use or clear it, nothing is lost.
# boards: -qemu-arm64-ds0
# timeout: 400
# files: BUILD/tests/offline
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

stopped() { grep -q '^State:.*T' "/proc/$1/status"; }
ended() { ! kill -0 "$1" 2>/dev/null; }
stopped_or_ended() { stopped "$1" || ended "$1"; }

# Starts COMMAND, which stops itself before STEP, and kills it there. Fails if it never got there.
killed_at() { # step, command...
	step=$1
	shift
	BULKHEAD_STOP_AT=$step "$@" >/tmp/killed 2>&1 &
	victim=$!
	wait_for 30 stopped_or_ended $victim
	stopped $victim
	there=$?
	kill -9 $victim 2>/dev/null
	wait $victim 2>/dev/null
	return $there
}

clear_all() {
	for cell in $(cell_names); do cellctl destroy --force "$cell" || return 1; done
	wait_for 20 cpus_are 0-3
}

whole_cycle() { cell_boot hello && console_wait hello '^hello: done' 30 && cellctl destroy hello; }

steps=$(cellctl --steps)
like "cellctl names its steps [LIFE-001]" "$steps" "^boot prepare"
insmod /lib/modules/bulkhead.ko
for step in enable disable; do
	[ $step = enable ] || cellctl enable >/dev/null 2>&1
	check "$step: killed there [LIFE-001]" killed_at $step cellctl $step
	cellctl disable >/dev/null 2>&1
	is "$step: CPUs [LIFE-001]" "$(cpus_online)" 0-3
	check "$step: enable works after it [LIFE-001]" cellctl enable
	check "$step: and disable [LIFE-001]" cellctl disable
done
check "enable [LIFE-001]" cellctl enable
away=$(pages_away)
free=$(memory_free)
echo "$steps" | grep -E "^(boot|stop|destroy) " >/tmp/steps
while read -r verb step; do
	what="$verb at $step"
	file=hello
	case $verb in
	boot) file=$TESTS/hello.dts ;;
	*) cell_boot hello >/dev/null 2>&1 ;;
	esac
	check "$what: killed there [LIFE-001]" killed_at "$step" cellctl "$verb" $file
	check "$what: what is left can be cleared [LIFE-001]" clear_all
	is "$what: no page is missing [LIFE-001]" "$(pages_away)" "$away"
	check "$what: a whole cycle works [LIFE-001]" whole_cycle
done </tmp/steps
is "CPUs [LIFE-001]" "$(cpus_online)" 0-3
check "memory [LIFE-001]" wait_for 10 memory_is_back "$free"
is "no complaints in dmesg [LIFE-001]" "$(dmesg_complaints)" 0
check "disable [RUN-001]" bulkhead_down
done_testing
