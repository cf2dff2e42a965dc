#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the hypervisor counts about itself lies between two counts taken from outside, on each CPU, over the life of a cell.
# timeout: 180
# set: full on qemu-arm64-ds0
# plugin: yes
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-001]" bulkhead_up
mark 1 >/tmp/p1
cellctl stats --json >/tmp/s1
mark 2 >/tmp/p2
check "boot [RUN-001]" cell_boot hello
check "it ran to its end [RUN-001]" console_wait hello '^hello: done' 30
check "destroy [RUN-001]" cellctl destroy hello
mark 3 >/tmp/p3
cellctl stats --json >/tmp/s2
mark 4 >/tmp/p4
for cpu in 0 1 2 3; do
	s1=$(json_where cpu $cpu total </tmp/s1)
	s2=$(json_where cpu $cpu total </tmp/s2)
	low=$(($(plugin_exits $cpu /tmp/p3) - $(plugin_exits $cpu /tmp/p2)))
	high=$(($(plugin_exits $cpu /tmp/p4) - $(plugin_exits $cpu /tmp/p1)))
	seen=$((s2 - s1))
	check "cpu $cpu: plugin $low <= counters $seen <= plugin $high [IRQ-007]" test $low -le $seen -a $seen -le $high
done
check "disable [RUN-001]" bulkhead_down
done_testing
