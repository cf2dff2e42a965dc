# SPDX-License-Identifier: GPL-2.0-only
# Runs probes from probes.tsv and judges them from outside. After tap.sh and cells.sh; needs canary, word, alarm, symbols in /data.

symbol_of() { sed -n "s/^$1 0*/0x/p" /data/symbols; }

# Ranges of the probe cell itself: a target there would be its own memory.
target_is_own() { # address
	memory=0x40000000
	[ $ARCH != x86 ] || memory=0
	[ $(($1)) -ge $((memory)) ] && [ $(($1)) -lt $((memory + 0x600000)) ] && return 0
	[ $(($1)) -ge $((0x48000000)) ] && [ $(($1)) -lt $((0x49400000)) ] && return 0
	return 1
}

canary_start() {
	for try in 1 2 3 4 5; do
		/data/canary >/tmp/canary 2>&1 &
		canary=$!
		wait_for 5 grep -q canary /tmp/canary
		canary_address=$(sed -n 's/^canary: //p' /tmp/canary)
		target_is_own "$canary_address" || return 0
		kill $canary
		wait $canary
	done
	return 1
}

canary_stop() {
	kill $canary
	wait $canary
}

ticks_after() { [ "$(last_tick)" -gt "$1" ]; }

target_address() { # word of probes.tsv
	case $1 in
	-) echo 0 ;;
	hypervisor) status_of memory_base ;;
	root) echo "$canary_address" ;;
	cell) cellctl show ticker --json | json host ;;
	*) echo "$1" ;;
	esac
}

# The file of a probe's cell, which has one CPU and no interrupt, but where an attack needs a second to point at, or a controller.
probe_file() { # name
	case $1 in
	gic-route) sed 's/cpu-count = <1>/cpu-count = <2>/' $TESTS/probe.dts >/tmp/probe.dts && echo /tmp/probe.dts ;;
	pin-*) sed 's/console;/console; irqs = <5 1>;/' $TESTS/probe.dts >/tmp/probe.dts && echo /tmp/probe.dts ;;
	*) echo $TESTS/probe.dts ;;
	esac
}

# Runs one probe to its end; its console goes to /tmp/text, the cell's record to /tmp/record.
probe_run() { # name, target address
	/data/word "$2" >/tmp/target
	cellctl create "$(probe_file "$1")" && cellctl load probe "/tmp/target@$PARAMETER" &&
		cellctl load probe "/inmates/probes/$1.elf" && cellctl start probe && wait_for 30 probe_ended
	status=$?
	console probe >/tmp/text
	cellctl show probe --json >/tmp/record
	return $status
}

probe_ended() { ! cell_is probe running || console_has probe '^probe: done'; }

# Sets record_state, _cause, _address and _pc from the record of the probe that ran last: one process for all, there are many probes.
record_read() {
	eval "$(awk "$JSON"'{ text = text $0 } END {
		fault = after(text, "fault")
		print "record_state=" value(after(text, "state")) " record_cause=" value(after(fault, "cause"))
		print "record_address=" value(after(fault, "address")) " record_pc=" value(after(fault, "pc"))
	}' /tmp/record)"
}

same_number() { [ -n "$1" ] && [ -n "$2" ] && [ $(($1)) = $(($2)) ]; }

failed_judge() { # name, cause, pc, target address
	record_read
	[ "$record_state" = failed ] || { echo "state $record_state"; return 1; }
	[ "$record_cause" = "$2" ] || { echo "cause $record_cause"; return 1; }
	attacked=$(sed -n 's/^attack: //p' /tmp/text)
	same_number "$record_address" "$attacked" || { echo "address $record_address, attacked $attacked"; return 1; }
	[ "$3" = target ] && wanted=$attacked || wanted=$(symbol_of "$1")
	same_number "$record_pc" "$wanted" || { echo "pc $record_pc, attacks at $wanted"; return 1; }
	! grep -q '^survived' /tmp/text
}

survived_judge() { # value
	record_read
	[ "$record_state" = running ] || { echo "state $record_state"; return 1; }
	grep '^survived' /tmp/text | grep -qE "value=$([ "$1" = any ] && echo 0x || echo "$1\$")"
}

stopped_judge() {
	record_read
	case $record_state in stopped | failed) ;; *) return 1 ;; esac
	! grep -q '^survived' /tmp/text
}

probe_judge() { # name, outcome, cause or value, pc, target address
	case $2 in
	failed) failed_judge "$1" "$3" "$4" "$5" ;;
	survived) survived_judge "$3" ;;
	stopped) stopped_judge ;;
	*) false ;;
	esac || { sed 's/^/guest: /' /tmp/text; return 1; }
}

probe_test() { # name, target, outcome, cause or value, pc, promise
	label="$1 of $2"
	[ "$2" = - ] && label=$1
	address=$(target_address "$2")
	tick=$(last_tick)
	check "$label: runs [$6]" probe_run "$1" "$address"
	like "$label: the same on its own is allowed [$6]" "$(cat /tmp/text)" '^control: ok$'
	check "$label: $3 $4 [$6]" probe_judge "$1" "$3" "$4" "$5" "$address"
	check "$label: is destroyed [$6]" cellctl destroy probe
	check "$label: the cell beside it ticks [ISO-024]" wait_for 20 ticks_after "$tick"
}

# The root's clock, whose interrupt cells attack: rings once. Enable, active state, priority and route are as the root left them if the
# interrupt comes, and to the CPU the root's kernel says.
clock_rings() {
	interrupts "$CLOCK_IRQ" >/tmp/clock.before
	/data/alarm 1 || return 1
	wait_for 10 clock_counted || { echo "no interrupt"; return 1; }
	# x86: the HPET stands in for the clock and interrupts 64 times a second until the alarm is over.
	[ $ARCH != x86 ] || wait_for 10 grep -q '^alarm_IRQ[^a-z]*no' /proc/driver/rtc || { echo "no end of the alarm"; return 1; }
	came=$(interrupts "$CLOCK_IRQ" | awk 'NR == FNR { before[$1] = $2; next } $2 != before[$1] { print $1 }' /tmp/clock.before -)
	wanted=$(cat "/proc/irq/$(sed -n "s/^ *\([0-9]*\):.*$CLOCK_IRQ\$/\1/p" /proc/interrupts)/effective_affinity_list")
	[ "$came" = "$wanted" ] || { echo "came to CPU $came, not $wanted"; return 1; }
}

clock_counted() { ! interrupts "$CLOCK_IRQ" | cmp -s /tmp/clock.before -; }
