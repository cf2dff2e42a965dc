#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Two cells and the root at a shared window: messages, who is there, who is not, and the memory before and after.
# boards: qemu-arm64 qemu-riscv-aia qemu-riscv-rva23 qemu-x86-amd qemu-x86-la48
# timeout: 400
# files: BUILD/tests/window BUILD/tests/word BUILD/tests/offline BUILD/tests/nofault BUILD/tests/physread BUILD/inmates/probes/symbols
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
. /lib/bulkhead/probes.sh
. /lib/bulkhead/window.sh
PATH=$PATH:/data

watch_start() { # here, not in a subshell: it sets a variable
	channel $WINDOW watch >/tmp/watch 2>&1 &
	watch=$!
	wait_for 10 grep -qx watching /tmp/watch
}
told() { grep -qx "$1" /tmp/watch; }
told_times() { [ "$(grep -cx "$1" /tmp/watch)" = "$2" ]; }
hold_start() { # likewise
	window hold $WINDOW >/tmp/hold 2>&1 &
	hold=$!
	wait_for 10 grep -qx holding /tmp/hold
}
hold_end() { kill $hold && wait $hold; } # likewise
held() { grep -qx "$1" /tmp/hold; }
messages=$(quick_or_full 2000 10000) # each way; window-exits has 10,000 in any set
channel_gone() { [ ! -e $CHANNELS/$1 ]; }

insmod /lib/modules/bulkhead.ko
free=$(memory_free)
check "enable [RUN-001]" cellctl enable
away=$(pages_away)
window_file ping
window_file pong
check "a cell makes the window [MSG-013]" cellctl create /tmp/ping.dts
is "the root has a device for it, and only the root [MSG-013]" "$(stat -c '%a %u' $CHANNELS/$WINDOW)" "600 0"
is "its memory is zero [MSG-015]" "$(window zero $WINDOW)" zero
window refusals $WINDOW >/tmp/refusals
while IFS=: read -r what result; do
	case $what in
	"header, to write" | "header, later" | code) wanted=" Permission denied" ;;
	"all of it, to read") wanted=" mapped" ;;
	"nothing new") wanted=" Resource temporarily unavailable" ;;
	*) wanted=" Invalid argument" ;;
	esac
	is "$what [MSG-013]" "$result" "$wanted"
done </tmp/refusals
is "a member that does not run is not rung [MSG-007]" "$(channel $WINDOW send ping x 2>&1)" "channel: doorbell: No such device"
is "who is there [MSG-012]" "$(channel $WINDOW | grep -v doorbell | sort | tr '\n' ' ')" "ping created pong away root running "
watch_start
check "somebody waits at it [MSG-012]" grep -qx watching /tmp/watch
check "it starts [RUN-001]" window_start ping "$messages"
check "that is told [MSG-012]" wait_for 20 told "ping running"
check "the other cell [RUN-001]" window_boot pong "$messages"
check "that is told, too [MSG-012]" wait_for 20 told "pong running"
check "$messages messages each way [MSG-010]" wait_for 120 eval "runs_are ping 1 && runs_are pong 1"
for cell in ping pong; do
	like "$cell: all came, as they were sent [MSG-010]" "$(last_run $cell)" "^sent $messages received $messages wrong 0 rang "
done
is "$messages from the root, and each back [MSG-010]" "$(channel $WINDOW echo ping "$messages")" \
	"echo: sent $messages received $messages wrong 0"

# A member that ends, each way there is.
check "one stops [MSG-012]" cellctl stop pong
check "the other sees it [MSG-012]" wait_for 20 link_is ping pong down
check "so does the root [MSG-012]" wait_for 20 told "pong stopped"
check "it runs again [MSG-012]" window_start pong "$messages"
check "the other sees it [MSG-012]" wait_for 20 link_is ping pong up
check "so does the root [MSG-012]" wait_for 20 told_times "pong running" 2
check "they begin anew [MSG-012]" wait_for 120 eval "runs_are ping 2 && ran_last pong"
like "and all comes [MSG-010]" "$(last_run ping)" "^sent $messages received $messages wrong 0 "
check "it is killed by what it does [MSG-012]" eval \
	"cellctl stop pong && wait_for 20 link_is ping pong down && word 0 >/tmp/zero && cellctl load pong /tmp/zero@$PARAMETER &&
	cellctl load pong /inmates/probes/write.elf && cellctl start pong"
check "the root sees it [MSG-012]" wait_for 20 told "pong failed"
check "the other, too [MSG-012]" wait_for 20 link_is ping pong down
check "destroyed it is seen [MSG-012]" eval "cellctl destroy pong && wait_for 20 told 'pong away'"

# A third cell.
host=$(window_host ping)
like "the window is somewhere in the machine [MSG-016]" "$host" '^0x'
for target in "$host" $WINDOW_GPA; do
	check "a third cell reads at $target [MSG-016]" probe_run read "$target"
	check "that ends it [MSG-016]" failed_judge read memory-read attack "$target"
	check "destroy [RUN-001]" cellctl destroy probe
done
check "it rings all there are [MSG-007]" probe_run hypercall 0
check "for it there is none [MSG-007]" survived_judge 0x0
check "destroy [RUN-001]" cellctl destroy probe

# A member that may not write: here, and in the page nobody may write.
awk -v mine="shared@7e000000 { reg = <0x0 0x7e000000 0x0 0x10000>; channel = \"own\"; peers = \"root\"; };
	shared@7d000000 { reg = <0x0 0x7d000000 0x0 0x10000>; channel = \"look\"; peers = \"root\"; access = \"read-only\"; };" \
	'!done && /memory@/ { print mine; done = 1 } { print }' $TESTS/probe.dts >/tmp/probe.dts
probe_file() { echo /tmp/probe.dts; }
for target in 0x7e000000 0x7e000800 0x7d000000 0x7d001000; do
	check "a member writes at $target [MSG-005]" probe_run write $target
	check "that ends it [MSG-005]" failed_judge write memory-write attack $target
	check "destroy [RUN-001]" cellctl destroy probe
done
for target in 0x7d001000 0x7e001000; do
	check "a member executes at $target [MSG-005]" probe_run exec $target
	check "that ends it [MSG-005]" failed_judge exec memory-execute target $target
	check "destroy [RUN-001]" cellctl destroy probe
done
check "it writes where it may [MSG-005]" probe_run write 0x7e001000
check "and goes on [MSG-005]" survived_judge 0x0
check "destroy [RUN-001]" cellctl destroy probe
check "its channels are gone [MSG-013]" eval "channel_gone own && channel_gone look"
sed '/shared@/,/}/s/reg = .*/reg = <0x0 0x7f000000 0x0 0x20000>;/' /tmp/pong.dts >/tmp/more.dts
sed 's/compatible = /cell-name = "pong"; &/' /tmp/more.dts >/tmp/other.dts
like "who wants another window of that name is refused [MSG-020]" "$(cellctl create /tmp/other.dts 2>&1)" '\[channel-size\]'

# The end.
hold_start
check "a process holds what it has mapped [MSG-014]" held holding
check "the last cell goes, and waits for nobody [MSG-014]" cellctl destroy ping
check "the device, too [MSG-013]" channel_gone $WINDOW
check "who watched is told [MSG-013]" wait_for 10 told gone
check "who holds is told, and writes it [MSG-014]" wait_for 10 held written
for line in "poll: gone" "read: Broken pipe" "write: Broken pipe" "map: Broken pipe" "header: 0" zero; do
	check "$line [MSG-014]" held "$line"
done
check "the window again [MSG-015]" window_boot ping 0
is "is zero again [MSG-015]" "$(window zero $WINDOW)" zero
like "and elsewhere [MSG-014]" "$(window_host ping)" "^0x"
check "not where it is still held [MSG-014]" test "$(window_host ping)" != "$host"
check "it is no other's [MSG-012]" eval "link_is ping pong ''"
check "destroy [RUN-001]" cellctl destroy ping
hold_end
is "nobody touched what it held [MSG-014]" "$(tail -n 1 /tmp/hold)" "still there"

# Cells only.
window_file ping 's/"pong", "root"/"pong"/'
window_file pong 's/"ping", "root"/"ping"/'
check "a window of cells only [MSG-002]" eval "window_boot ping 1000 && window_boot pong 1000"
check "the root has no device [MSG-013]" channel_gone $WINDOW
check "they exchange messages [MSG-010]" wait_for 60 eval "runs_are ping 1 && runs_are pong 1"
like "all came [MSG-010]" "$(last_run ping)" '^sent 1000 received 1000 wrong 0 '
host=$(window_host ping)
is "the root's kernel cannot fetch it [MSG-002]" "$(nofault "$(physread address "$host")")" "(fault)"
is "/proc/kcore shows nothing [MSG-002]" "$(physread kcore "$host" 0x10000 2>&1)" 0x0
check "destroy [RUN-001]" eval "cellctl destroy pong && cellctl destroy ping"
like "it is the root's again [MSG-015]" "$(nofault "$(physread address "$host")")" '^0x'

# Over disable.
is "pages are all back [MSG-015]" "$(pages_away)" "$away"
window_file ping
window_file pong
check "the window once more [RUN-001]" cellctl create /tmp/ping.dts
hold_start
check "a process holds it [MSG-014]" held holding
check "destroy [RUN-001]" cellctl destroy ping
check "disable [MSG-014]" cellctl disable
check "it still holds it [MSG-014]" wait_for 10 held written
is "the module stays for it [MSG-014]" "$(rmmod bulkhead 2>&1 | grep -c .)" 1
check "enable again [MSG-014]" cellctl enable
hold_end
is "nobody touched what it held [MSG-014]" "$(tail -n 1 /tmp/hold)" "still there"
is "no complaints in dmesg [ROOT-002]" "$(dmesg_complaints)" 0
check "disable [RUN-001]" bulkhead_down
is "pages are all back [MSG-015]" "$(pages_away)" 0
check "so is memory [MSG-015]" wait_for 10 memory_is_back "$free"
is "CPUs [ROOT-002]" "$(cpus_online)" 0-3
done_testing
