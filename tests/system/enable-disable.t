#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The hypervisor goes under the running kernel and away again, three times; nothing of the root's is missing afterwards.
# timeout: 120
# files: BUILD/tests/offline
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

cpus=$(cpus_online)
is "the module can be loaded [ROOT-001]" "$(insmod /lib/modules/bulkhead.ko 2>&1)" ""
check "nothing is found that would stop enable [UX-012]" cellctl doctor
free=$(memory_free)
is "the module alone holds no pages [ROOT-002]" "$(pages_away)" 0
for round in 1 2 3; do
	check "round $round: enable [ROOT-001]" cellctl enable
	is "round $round: all CPUs are still the root's [ROOT-002]" "$(cpus_online)" "$cpus"
	check "round $round: the hypervisor has pages of the root [ROOT-002]" test "$(pages_away)" -gt 0
	check "round $round: no unloading while enabled [ROOT-003]" sh -c '! rmmod bulkhead 2>/dev/null'
	check "round $round: disable [ROOT-001]" cellctl disable
	is "round $round: pages are back [ROOT-002]" "$(pages_away)" 0
	is "round $round: CPUs [ROOT-002]" "$(cpus_online)" "$cpus"
	check "round $round: free memory is back [ROOT-002]" wait_for 10 memory_is_back "$free"
done
check "the module can be unloaded [ROOT-001]" rmmod bulkhead
is "no complaints in dmesg [ROOT-001]" "$(dmesg_complaints)" 0
done_testing
