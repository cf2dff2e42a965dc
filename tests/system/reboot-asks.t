#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The root reboots with cells alive: each is asked to end, has its time, is destroyed, and the hypervisor goes; then the machine does. So
# when it is switched off.
# timeout: 300
# resets: 1
# set: full on qemu-arm64-ds0
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

said() { host_ask K >/tmp/K && tr -d '\r' </tmp/K | grep -n "$1" | head -n 1 | cut -d: -f1; } # the line's number
in_order() { # TEXT...
	last=0
	for text; do
		line=$(said "$text")
		[ "${line:-0}" -gt $last ] || { echo "'$text' is in line '$line', after $last"; return 1; }
		last=$line
	done
}

if [ "$BOOTS" = 1 ]; then
	tap_count=5
	check "both were asked, one did not end, and then nothing was left [ROOT-326]" in_order 'cell ticker is asked to end' \
		'cell idle is asked to end' 'cell idle did not end in 2 s' 'bulkhead: disabled'
	is "the other ended by itself [ROOT-326]" "$(said 'cell ticker did not end')" ""
fi
check "module [RUN-001]" insmod /lib/modules/bulkhead.ko shutdown_timeout=2
check "enable [RUN-001]" cellctl enable
check "one that ends when asked [RUN-001]" cell_boot ticker
check "it ticks [ROOT-326]" console_wait ticker '^tick [0-9]+' 60
if [ "$BOOTS" = 0 ]; then
	check "one that does not look [RUN-001]" cell_boot idle
	echo 8 >/proc/sys/kernel/printk
	reboot -f
	fail "reboot came back [ROOT-326]"
fi
# The harness switches the machine off, with the cell alive: QEMU has to end.
done_testing
