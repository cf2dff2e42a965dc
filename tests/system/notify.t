#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# An interrupt tells the root what cells do by themselves: it comes for each end, wherever the kernel has it, and nobody polls.
# timeout: 300
# files: BUILD/tests/word BUILD/tests/events BUILD/tests/driver
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
. /lib/bulkhead/window.sh
PATH=$PATH:/data

ROUNDS=25
told() { interrupts bulkhead | awk '{ n += $2 } END { print n + 0 }'; } # how often
told_on() { interrupts bulkhead | awk -v cpu="$1" '$1 == cpu { print $2 }'; }
listen() { # FILE...
	events "$@" >/tmp/events 2>&1 &
	listener=$!
	wait_for 10 grep -qx listening /tmp/events
}
event() { grep -qx "$1" /tmp/events; }
silent() { kill $listener && wait $listener; }
count_events() { grep -cx "$1" /tmp/events; }
fail_once() { # a guest that has failed is loaded anew
	before=$(count_events "fault probe failed")
	cellctl load probe /inmates/probes/write.elf >/dev/null && cellctl start probe >/dev/null || return 1
	wait_for 30 eval '[ "$(count_events "fault probe failed")" = $((before + 1)) ]'
}
fail_often() {
	for round in $(seq $ROUNDS); do
		fail_once || return 1
	done
}

check "enable [RUN-001]" bulkhead_up
irq=$(status_of notify_irq)
like "the root has an interrupt for it [IRQ-340]" "$(cellctl status)" "cells' ends told by +interrupt $irq\$"
is "that is the driver's [IRQ-340]" "$(sed -n "s/^ *$irq:.* \([a-z]*\)\$/\1/p" /proc/interrupts)" bulkhead
check "boot [RUN-001]" cell_boot ticker
check "it runs [RUN-001]" console_wait ticker '^tick [0-9]+' 60
listen /sys/class/misc/bulkhead/cells/ticker/state
check "somebody waits for its state [RUN-001]" grep -qx listening /tmp/events
before=$(told)
check "asked to end it does [LIFE-270]" cellctl shutdown --timeout 30 ticker
check "a uevent says so [LIFE-300]" wait_for 10 event "state ticker stopped"
check "who polls the file of its state wakes [LIFE-300]" wait_for 10 event "poll: stopped"
is "one interrupt [LIFE-300]" $(($(told) - before)) 1
silent
check "destroy [RUN-001]" cellctl destroy ticker

sed 's/compatible = /cell-name = "probe"; &/' $TESTS/idle.dts >/tmp/probe.dts
check "another cell [RUN-001]" cellctl create /tmp/probe.dts
listen
before=$(told)
check "it fails: a uevent says so [LIFE-300]" fail_once
is "one interrupt [LIFE-300]" $(($(told) - before)) 1
check "the root stops one: it need not be told [IRQ-340]" eval \
	"cellctl load probe && cellctl start probe && cellctl suspend probe && cellctl resume probe && cellctl stop probe"
is "no interrupt [IRQ-340]" $(($(told) - before)) 1
check "$ROUNDS fail, each once [LIFE-300]" fail_often
is "an interrupt each [LIFE-300]" $(($(told) - before)) $((ROUNDS + 1))

# The kernel has it elsewhere, from the next one on at the latest, and then that CPU goes.
cpu=$(linux_cpu 2)
check "moved to CPU $cpu [RUN-001]" eval "echo $cpu >/proc/irq/$irq/smp_affinity_list"
check "one more fails [LIFE-300]" fail_once
before=$(told_on $cpu)
check "and another one [LIFE-300]" fail_once
is "told there [IRQ-341]" $(($(told_on $cpu) - before)) 1
check "that CPU leaves [RUN-001]" eval "echo 0 >/sys/devices/system/cpu/cpu$cpu/online"
check "one fails [IRQ-341]" fail_once
check "the CPU comes back [RUN-001]" eval "echo 1 >/sys/devices/system/cpu/cpu$cpu/online"
check "one fails [IRQ-341]" fail_once
check "destroy [RUN-001]" cellctl destroy probe
check "disable [RUN-001]" bulkhead_down
is "the kernel has its interrupt back [IRQ-340]" "$(grep -c bulkhead /proc/interrupts)" 0

# Where there is no interrupt to spare the driver looks by itself.
insmod /lib/modules/bulkhead.ko
is "enable without one [IRQ-342]" "$(driver enable)" 0
is "the root polls [IRQ-342]" "$(status_of notify_irq)" 0
check "a cell [RUN-001]" cellctl create /tmp/probe.dts
check "it fails: a uevent says so [IRQ-342]" fail_once
check "destroy [RUN-001]" cellctl destroy probe
silent
window_file ping
check "a window [RUN-001]" cellctl create /tmp/ping.dts
channel $WINDOW watch >/tmp/watch 2>&1 &
watch=$!
check "somebody waits at it [MSG-017]" wait_for 10 grep -qx watching /tmp/watch
check "a member starts [RUN-001]" window_start ping 0
check "that is told [MSG-017]" wait_for 20 grep -qx "ping running" /tmp/watch
is "messages come [MSG-017]" "$(channel $WINDOW echo ping 20)" "echo: sent 20 received 20 wrong 0"
check "destroy [RUN-001]" cellctl destroy ping
wait $watch
is "that is told, too [MSG-017]" "$(tail -n 1 /tmp/watch)" gone
is "no complaints in dmesg [ROOT-002]" "$(dmesg_complaints)" 0
check "disable [RUN-001]" bulkhead_down
is "CPUs [ROOT-002]" "$(cpus_online)" 0-3
done_testing
