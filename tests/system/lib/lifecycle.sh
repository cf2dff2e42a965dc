# SPDX-License-Identifier: GPL-2.0-only
# $CYCLES lives of a cell leave pool, memory and CPUs as they were. After tap.sh and cells.sh; needs offline in /data.

cycle() { cell_boot hello && console_wait hello '^hello: done' 30 && cellctl destroy hello; }

check "enable [RUN-001]" bulkhead_up
check "a first cycle [RUN-006]" cycle
pool=$(status_of root_pool_used)
pages=$(status_of pages_used)
away=$(pages_away)
free=$(memory_free)
good=0
for i in $(seq "$CYCLES"); do
	if out=$(cycle 2>&1); then good=$((good + 1)); else diag "cycle $i: $out"; cellctl destroy hello >/dev/null 2>&1; fi
done
is "cycles that worked [RUN-006]" $good "$CYCLES"
is "root pool [RUN-006]" "$(status_of root_pool_used)" "$pool"
is "hypervisor pages [RUN-006]" "$(status_of pages_used)" "$pages"
is "CPUs [RUN-006]" "$(cpus_online)" 0-3
is "pages the driver holds [RUN-006]" "$(pages_away)" "$away"
check "memory [RUN-006]" wait_for 10 memory_is_back "$free"
is "no complaints in dmesg [RUN-006]" "$(dmesg_complaints)" 0
check "disable [RUN-001]" bulkhead_down
done_testing
