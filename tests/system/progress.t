#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Work that takes long shows on a terminal how far it is, and nowhere else; killed in the middle of it, cellctl leaves nothing half done.
# It takes long because something else has the CPU: until that is ended, which is when the line was seen. Not on x86, where QEMU zeroes
# memory at once; what shows it is the same program.
# timeout: 240
# files: BUILD/tests/terminal BUILD/tests/offline
# boards: qemu-arm64 qemu-riscv-aia
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

# slowly COMMAND...: on CPU 0, beside a loop that takes nearly all of it
slowly() {
	taskset 1 sh -c 'while :; do :; done' &
	hog=$!
	sh -c 'renice -n 19 -p $$ >/dev/null; exec taskset 1 "$@"' sh "$@" >/tmp/shown 2>&1 &
	worker=$!
}
# Ends what makes it slow once the condition holds; the command's status.
in_time() {
	wait_for 60 "$@"
	seen=$?
	kill $hog
	wait $hog 2>/dev/null
	wait $worker
	status=$?
}
shown() { tr '\r' '\n' </tmp/shown | grep -qE "$1"; }

cat >/tmp/large.dts <<END
/dts-v1/;
/ {
	compatible = "bulkhead,cell-v1";
	#address-cells = <2>;
	#size-cells = <2>;
	cpu-count = <1>;
	memory@$(printf %x $((CELL_MEMORY))) {
		reg = <0x0 $(printf 0x%x $((CELL_MEMORY))) 0x0 0x14000000>;
	};
};
END
# Or a session of its own counts as much as all others together, however nice it is.
autogroup=/proc/sys/kernel/sched_autogroup_enabled
before=$(cat $autogroup)
echo 0 >$autogroup
line='^destroy: zeroing memory, [0-9]+ of 320 MiB'
check "enable [RUN-001]" bulkhead_up
away=$(pages_away)
check "create [RUN-001]" cellctl create /tmp/large.dts
slowly /data/terminal cellctl destroy large
in_time shown "$line"
is "destroy says how far it is [UX-014]" $seen 0
is "and does it [UX-014]" $status 0
check "the cell is gone [UX-014]" cell_gone large
check "create [RUN-001]" cellctl create /tmp/large.dts
slowly cellctl destroy large
scrubs() { [ "$(cat /sys/class/misc/bulkhead/cells/large/scrub_left 2>/dev/null || echo 0)" -gt 0 ]; }
wait_for 60 scrubs
kill -9 $worker
in_time true
is "without a terminal it says nothing [UX-014]" "$(cat /tmp/shown)" ""
check "killed in the middle of it, the cell is gone [UX-015]" cell_gone large
is "and no page is missing [UX-015]" "$(pages_away)" "$away"
slowly /data/terminal cellctl disable
in_time shown '^disable: [0-9]+ s'
is "disable says how long it takes [UX-014]" $seen 0
is "and does it [UX-014]" $status 0
echo "$before" >$autogroup
check "unload [RUN-001]" rmmod bulkhead
done_testing
