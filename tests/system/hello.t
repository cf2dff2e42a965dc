#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The first cell: takes CPUs and memory from the root, runs, gives all back.
# timeout: 120
# files: BUILD/tests/offline
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-001]" bulkhead_up
cpus=$(cpus_online)
away=$(pages_away)
check "boot [RUN-001]" cell_boot hello
check "it ran to its end [RUN-001]" console_wait hello '^hello: done' 20
text=$(console hello)
like "it knows its name [RUN-002]" "$text" '^hello from cell hello$'
like "and its two CPUs [RUN-002]" "$text" '^hello: cpus 2,'
like "the second CPU starts by firmware call [RUN-003]" "$text" '^hello: cpu 1 runs$'
is "state [RUN-001]" "$(cell_state hello)" running
is "two CPUs left the root [ROOT-004]" "$(cpus_online)" 0-1
check "a CPU of a cell cannot be taken back [ROOT-004]" sh -c "! echo 1 2>/dev/null >/sys/devices/system/cpu/cpu$(linux_cpu 3)/online"
like "nor the cell made twice [RUN-004]" "$(cellctl create $TESTS/hello.dts 2>&1)" 'error \[name-duplicate\]'
check "its 4 MiB left the root [ROOT-004]" test "$(pages_away)" -ge $((away + 1024))
check "destroy [RUN-001]" cellctl destroy hello
is "CPUs are back [ROOT-002]" "$(cpus_online)" "$cpus"
is "memory is back, pages [ROOT-002]" "$(pages_away)" "$away"
is "no cell is left [RUN-001]" "$(cell_names)" ""
check "disable [RUN-001]" bulkhead_down
done_testing
