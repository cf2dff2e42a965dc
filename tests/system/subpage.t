#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A cell has a few registers of a page; the root keeps the others of that page and loses those. Of one it may write some bits only.
# set: full on qemu-arm64-ds0
# timeout: 120
# files: BUILD/tests/word
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
. /lib/bulkhead/probes.sh

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

masked=$(printf 0x%x $((0x$MASKED + MASKED_OFFSET)))
before=$(register $masked)
sed "/registers@/,/};/d; s|^};|registers@$MASKED { reg = <0x0 0x$MASKED 0x0 0x10>; write-mask = <$MASKED_OFFSET 0xf>; }; };|" \
	$TESTS/probe.dts >/tmp/probe.dts
probe_file() { echo /tmp/probe.dts; }
check "the root's value [ISO-360]" busybox devmem $masked 32 0x50
check "a cell with a mask of four bits writes all [ISO-360]" probe_run register-mask $masked
like "the same on its own is allowed [ISO-360]" "$(cat /tmp/text)" '^control: ok$'
check "it sees four changed [ISO-360]" probe_judge register-mask survived 0x5a - $masked
check "destroy [ISO-360]" cellctl destroy probe
is "so does the root [ISO-360]" "$(register $masked)" 0x0000005A
busybox devmem $masked 32 "$before"
check "disable [RUN-001]" bulkhead_down
[ -z "$PART_DEVICE" ] || echo ${PART_DEVICE#*/} >$driver/bind
done_testing
