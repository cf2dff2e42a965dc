# SPDX-License-Identifier: GPL-2.0-only
# No critical cell runs: each door to reset does reset the machine, with a cell alive. $DOORS, one boot for each, and one to tell.
# After tap.sh and cells.sh; needs doors.ko in /data.

set -- $DOORS
tap_count=$((3 * BOOTS))
[ $# -gt "$BOOTS" ] || {
	pass "each of $# did [ROOT-327]"
	done_testing
	exit
}
shift "$BOOTS"
check "enable [RUN-001]" bulkhead_up
check "a cell [RUN-001]" cell_boot idle
pass "door $1 [ROOT-327]"
insmod /data/doors.ko door="$1"
fail "door $1 came back [ROOT-327]"
done_testing
