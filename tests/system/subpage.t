#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A cell has a few registers of a page; the root keeps the others of that page and loses those.
# timeout: 120
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

register() { busybox devmem "$1" 32 2>/dev/null; } # ADDRESS: its value; nothing if the access was refused

driver=/sys/bus/${PART_DEVICE%/*}/drivers/$PART_DRIVER
lets_go() { [ -z "$PART_DEVICE" ] || echo ${PART_DEVICE#*/} >$driver/unbind; }

check "control: the root's driver lets go of the page [ISO-027]" lets_go
[ $ARCH != riscv ] || busybox devmem $PART 32 $PART_VALUE # an alarm that nobody waits for
is "control: the part the cell will have [ISO-027]" "$(register $PART)" $PART_VALUE
like "control: the part the root keeps [ISO-027]" "$(register $PART_ROOTS)" "^$PART_ROOTS_VALUE\$"
check "enable [RUN-001]" bulkhead_up
check "create [ISO-027]" cellctl create $TESTS/probe.dts
like "the root's part works [ISO-027]" "$(register $PART_ROOTS)" "^$PART_ROOTS_VALUE\$"
is "the cell's part does not [ISO-027]" "$(register $PART)" ""
check "destroy [ISO-027]" cellctl destroy probe
is "it is the root's again [ISO-027]" "$(register $PART)" $PART_VALUE
check "disable [RUN-001]" bulkhead_down
[ -z "$PART_DEVICE" ] || echo ${PART_DEVICE#*/} >$driver/bind
done_testing
