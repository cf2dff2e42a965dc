#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# KVM works before, is refused while the hypervisor is there, and works again afterwards, on each CPU.
# boards: qemu-arm64 qemu-arm64-ds0
# timeout: 120
# files: BUILD/tests/kvmguest
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

on_each_cpu() {
	for cpu in 0 1 2 3; do
		taskset $((1 << cpu)) /data/kvmguest || return 1
	done
}

check "before [ROOT-009]" on_each_cpu
for round in 1 2; do
	check "round $round: enable [RUN-001]" bulkhead_up
	check "round $round: refused while enabled [ROOT-009]" sh -c '! /data/kvmguest'
	check "round $round: boot [RUN-001]" cell_boot hello
	check "round $round: destroy [RUN-001]" cellctl destroy hello
	check "round $round: disable [RUN-001]" bulkhead_down
	check "round $round: a guest runs on each CPU [ROOT-009]" on_each_cpu
done
done_testing
