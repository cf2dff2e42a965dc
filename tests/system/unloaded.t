#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A kernel that gave CPUs to a cell and got them back is as before: with the module gone, too, each CPU goes offline and comes back. A CPU
# that comes while enabled starts at EL1, which the kernel remembers.
# The CPU is one without a defect of the kernel's own: on A57 without firmware it counts hyp vectors beyond their array (driver/README).
# boards: qemu-arm64
# boot: own
# qemu: -cpu cortex-a53
# set: full
# timeout: 120
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-001]" bulkhead_up
check "boot [RUN-001]" cell_boot hello
check "destroy [RUN-001]" cellctl destroy hello
is "its CPUs are back [ROOT-002]" "$(cpus_online)" 0-3
check "disable and unload [RUN-001]" bulkhead_down
is "the module is gone [ROOT-340]" "$(grep -c '^bulkhead ' /proc/modules)" 0
for cpu in 1 2 3; do
	check "CPU $cpu goes and comes [ROOT-340]" cpu_cycle $cpu
done
is "all are there [ROOT-340]" "$(cpus_online)" 0-3
done_testing
