#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The root's kernel takes each of its CPUs offline and online again 20 times, the hypervisor below it.
# boards: qemu-x86-amd qemu-x86-la48
# timeout: 300
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

ROUNDS=20
cycles() { # CPU
	for round in $(seq $ROUNDS); do
		echo 0 >/sys/devices/system/cpu/cpu$1/online || return 1
		[ "$(cat /sys/devices/system/cpu/cpu$1/online)" = 0 ] || return 1
		echo 1 >/sys/devices/system/cpu/cpu$1/online || return 1
		taskset $((1 << $1)) true || return 1
	done
}

check "enable [RUN-001]" bulkhead_up
lines=$(dmesg | wc -l)
for cpu in 1 2 3; do
	check "CPU $cpu goes and comes $ROUNDS times [ROOT-310]" cycles $cpu
done
is "all are there [ROOT-310]" "$(cpus_online)" 0-3
is "no complaints in dmesg [ROOT-310]" "$(dmesg_complaints)" 0
# What the kernel says of a CPU that comes and goes, and nothing else.
dmesg | tail -n +$((lines + 1)) >/tmp/said
is "and nothing unusual [ROOT-310]" "$(grep -vE 'is now offline|Booting Node|bulkhead:' /tmp/said | head -n 5)" ""
check "disable [RUN-001]" bulkhead_down
done_testing
