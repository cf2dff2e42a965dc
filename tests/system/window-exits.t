#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# 10,000 messages each way between two cells, each with a doorbell: one entry into the hypervisor to send, none to be rung. The root's
# doorbells cost one call each, its waiting and the interrupts none.
# boards: qemu-arm64 qemu-riscv-aia qemu-riscv-rva23 qemu-x86-amd qemu-x86-la48
# timeout: 300
# plugin: yes
# files: BUILD/tests/word
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
. /lib/bulkhead/window.sh
PATH=$PATH:/data

root_calls() { for cpu in 0 1; do exits $cpu hypercall; done | awk '{ n += $1 } END { print n + 0 }'; }
calls_of_line() { echo $((($(console "$1" | grep '^run: ' | wc -c) + 23) / 24)); } # 24 bytes of the console a call

check "enable [RUN-001]" bulkhead_up
window_file ping
window_file pong
check "two cells that wait for a word of the root [RUN-001]" eval "window_boot ping 0 1 && window_boot pong 0 1"
check "they see each other [MSG-012]" wait_for 30 eval "link_is ping pong up && link_is pong ping up"
check "and the root [MSG-012]" wait_for 30 eval "link_is ping root up && link_is pong root up"
for cpu in 2 3; do exits $cpu total; done >/tmp/before
mark 1 >/tmp/m1
check "go [RUN-001]" eval "channel $WINDOW send ping go && channel $WINDOW send pong go"
check "10,000 messages each way [MSG-010]" wait_for 200 eval "runs_are ping 1 && runs_are pong 1"
for cpu in 2 3; do exits $cpu total; done >/tmp/after
mark 2 >/tmp/m2
cpu=2
for cell in ping pong; do
	is "$cell: a doorbell for each [MSG-011]" "$(last_run $cell)" "sent 10000 received 10000 wrong 0 rang 10000"
	lines=$(calls_of_line $cell)
	counted=$(($(sed -n $((cpu - 1))p /tmp/after) - $(sed -n $((cpu - 1))p /tmp/before)))
	seen=$(($(plugin_exits $cpu /tmp/m2) - $(plugin_exits $cpu /tmp/m1)))
	is "$cell: entries that were no doorbell and no line, by the counters [MSG-011]" $((counted - lines - 10000)) 0
	is "$cell: the same by the plugin [MSG-011]" $((seen - lines - 10000)) 0
	cpu=$((cpu + 1))
done
before=$(root_calls)
is "the root and a cell [MSG-010]" "$(channel $WINDOW echo ping 10000)" "echo: sent 10000 received 10000 wrong 0"
calls=$(($(root_calls) - before))
diag "$calls hypercalls of the root"
check "the root's calls are its doorbells, and the few of who counts them [MSG-011]" test $calls -ge 10000 -a $calls -lt 10100
check "destroy [RUN-001]" eval "cellctl destroy pong && cellctl destroy ping"
check "disable [RUN-001]" bulkhead_down
done_testing
