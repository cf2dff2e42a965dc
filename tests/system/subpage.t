#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A cell has a few registers of a page; the root keeps the others of that page and loses those.
# timeout: 120
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

gpio=9030000.pl061
register() { busybox devmem "$1" 32 2>/dev/null; } # ADDRESS: its value; nothing if the access was refused

check "control: the root's driver lets go of the page [ISO-027]" sh -c "echo $gpio >/sys/bus/amba/devices/$gpio/driver/unbind"
is "control: the part the cell will have [ISO-027]" "$(register 0x9030fe0)" 0x00000061
is "control: the part the root keeps [ISO-027]" "$(register 0x9030ff0)" 0x0000000D
check "enable [RUN-001]" bulkhead_up
check "create [ISO-027]" cellctl create $TESTS/probe.dts
is "the root's part works [ISO-027]" "$(register 0x9030ff0)" 0x0000000D
is "the cell's part does not [ISO-027]" "$(register 0x9030fe0)" ""
check "destroy [ISO-027]" cellctl destroy probe
is "it is the root's again [ISO-027]" "$(register 0x9030fe0)" 0x00000061
check "disable [RUN-001]" bulkhead_down
echo $gpio >/sys/bus/amba/drivers/pl061_gpio/bind
done_testing
