#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Hypercalls are for kernels: a process that makes one is told that there is no such instruction, and nothing happens.
# boards: qemu-x86-amd
# files: BUILD/tests/call
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-001]" bulkhead_up
check "a process's calls are undefined instructions [ISO-350]" /data/call
check "the machine is not locked, and no cell is there [ISO-350]" cell_boot hello
check "a cell runs [RUN-001]" console_wait hello '^hello: done' 30
check "destroy [RUN-001]" cellctl destroy hello
check "disable [RUN-001]" bulkhead_down
done_testing
