#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Cells that do all they can not to be stopped. Each is destroyed in time and its memory comes back; a CPU that cannot be reached is lost
# and named, and the rest goes on.
# boot: own
# timeout: 240
# files: BUILD/tests/offline
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-001]" bulkhead_up
# What the first cell makes the root keep (a page pool of its own) is not what this is about.
check "a first cell [ISO-040]" cell_boot idle
check "and its end [ISO-040]" cellctl destroy idle
away=$(pages_away)
probes="never-end hold-off hold-off-wfi"
[ $ARCH != x86 ] || probes="hold-off hold-off-hlt" # QEMU 10 itself ends at never-end: see CAVEATS, "x86: what is not measured or shown yet"
for probe in $probes; do
	free=$(memory_free)
	check "$probe: create [ISO-040]" cellctl create $TESTS/probe.dts
	check "$probe: load [ISO-040]" cellctl load probe /inmates/probes/$probe.elf
	check "$probe: start [ISO-040]" cellctl start probe
	check "$probe: it blocks [ISO-040]" console_wait probe '^probe: done' 20
	check "$probe: destroy [ISO-040]" timeout 60 cellctl destroy probe
	check "$probe: it is gone [ISO-040]" cell_gone probe
	check "$probe: memory is back [ISO-040]" wait_for 10 memory_is_back "$free"
	is "$probe: pages are back [ISO-040]" "$(pages_away)" "$away"
	diag "CPUs of the root: $(cpus_online)"
	if ! cpus_are 0-3; then
		like "$probe: status names the lost CPU [ISO-041]" "$(cellctl status)" '[Ll]ost'
		break
	fi
done
check "another cell can live [ISO-040]" cell_boot idle
check "and die [ISO-040]" cellctl destroy idle
is "no complaints in dmesg [ISO-040]" "$(dmesg_complaints)" 0
done_testing
