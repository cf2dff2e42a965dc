#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each verb in each state does what `cellctl help states` says: the new state, or a refusal that changes nothing.
# set: full on qemu-arm64-ds0
# timeout: 400
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

cellctl help states --json | tr '{' '\n' >/tmp/states
says() { sed -n "s/^\"verb\":\"$1\".*\"$2\":\"\([a-z]*\)\".*/\1/p" /tmp/states; } # VERB STATE
get_rid() { cell_gone probe || cellctl destroy --force probe; }

# A probe that asks for what it may not have fails; without the word it attacks its own memory's neighbour all the same.
bring_to() { # STATE
	case $1 in
	none) get_rid ;;
	created) get_rid && cellctl create /tmp/probe.dts ;;
	loaded) bring_to created && cellctl load probe ;;
	running) bring_to loaded && cellctl start probe ;;
	suspended) bring_to running && cellctl suspend probe ;;
	stopped) bring_to running && cellctl stop probe ;;
	failed) bring_to loaded && cellctl load probe /inmates/probes/write.elf && cellctl start probe &&
		wait_for 30 cell_is probe failed ;;
	esac >/dev/null 2>&1
}
state_now() { cell_gone probe && echo none || cell_state probe; }
apply() { # VERB
	case $1 in
	create) cellctl create /tmp/probe.dts ;;
	shutdown) # this guest does not look: the time is up, and it goes on
		cellctl shutdown --timeout 0 probe
		[ $? = 6 ]
		;;
	*) cellctl "$1" probe ;;
	esac >/tmp/said 2>&1
}

# The idle guest beside them under another name: whatever runs here runs until it is told otherwise.
sed 's/compatible = /cell-name = "probe"; &/' $TESTS/idle.dts >/tmp/probe.dts
check "enable [RUN-001]" bulkhead_up
check "a cell beside them [LIFE-011]" cell_boot ticker
for state in none created loaded running suspended stopped failed; do
	for verb in create load start suspend resume reset shutdown stop destroy; do
		wanted=$(says $verb $state)
		[ "$(state_now)" = $state ] || bring_to $state || diag "$state: not reached: $(state_now)"
		if apply $verb; then did=done; else did=refused; fi
		now=$(state_now | sed 's/^none$/destroyed/')
		case $state-$wanted in
		none-refused) is "$verb without a cell [LIFE-011]" "$did $now" "refused destroyed" ;;
		*-refused) is "$verb while $state [LIFE-011]" "$did $now" "refused $state" ;;
		*) is "$verb while $state [LIFE-011]" "$did $now" "done $wanted" ;;
		esac
		[ $did-$wanted != done-refused ] || diag "$(cat /tmp/said)"
	done
done
check "destroy [RUN-001]" get_rid
tick=$(last_tick)
more() { [ "$(last_tick)" -gt "$tick" ]; }
check "the cell beside them ticks [ISO-024]" wait_for 20 more
check "all down [RUN-001]" bulkhead_down
is "CPUs [ROOT-002]" "$(cpus_online)" 0-3
done_testing
