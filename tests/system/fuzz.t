#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A guest that does what nobody thought of, from a seed, is started again by the monitor whenever it ends; a ticking cell, a page and an
# interrupt of the root beside it. To repeat a run: `echo SEED >seed; make run BOARD=B SCRIPT=tests/system/fuzz.t FILES=seed`; with 1 as a
# second number each action is told before it is done, on the cell's UART as well.
# boards: qemu-arm64 qemu-arm64-ds0 qemu-riscv-aia qemu-riscv-nosstc qemu-riscv-rva23 qemu-x86-amd qemu-x86-la48
# timeout: 900
# set: full on qemu-arm64-ds0 qemu-riscv-nosstc qemu-riscv-rva23 qemu-x86-la48
# files: BUILD/tests/canary BUILD/tests/word BUILD/tests/alarm
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh
. /lib/bulkhead/probes.sh

first=1
tell=0
[ ! -e /data/seed ] || read -r first tell </data/seed
seconds=$(quick_or_full 10 600)
runs=$(quick_or_full 12 100000)
[ ! -e /data/seed ] || runs=2
[ ! -e /data/only ] || runs=$(cat /data/only) # a mutant says how many are enough

seed_now() { console fuzz | sed -n 's/^fuzz: seed \([0-9]*\),.*/\1/p' | tail -n 1; }
restarts() { grep -c '"event":"restarted"' /tmp/monitor; }
monitor_watches() { grep -q '"event":"watching"' /tmp/monitor; }
# Until so many runs ended or the time is up. What went on is said meanwhile: a panic ends everything.
fuzz_on() {
	end=$(($(date +%s) + seconds))
	while [ "$(date +%s)" -lt $end ] && [ "$(restarts)" -lt "$runs" ]; do
		diag "seed $(seed_now), $(restarts) ended"
		usleep 1000000
	done
}

check "enable [RUN-001]" bulkhead_up
check "a victim cell [HARN-010]" cell_boot ticker
check "it ticks [HARN-010]" console_wait ticker '^tick ' 20
canary_start # here, not in a subshell: it sets variables
like "a victim page of the root [HARN-010]" "$canary_address" "^0x"
check "control: an interrupt of the root comes [HARN-010]" clock_rings
interrupts "$CLOCK_IRQ" >/tmp/clock
interrupts "Timer broadcast" >/tmp/broadcasts

cpus=2 irqs=
[ $ARCH != x86 ] || cpus=1 irqs='irqs = <5 1>;'
uart= # where what is told outlives the machine, if the board has a second one
[ "$tell" != 1 ] || [ $ARCH = riscv ] || uart='uart { device = "serial1"; };'
sed "s|console;|console; cell-name = \"fuzz\"; restart = \"always\"; restart-limit = <1000000>; watchdog-ms = <2000>; $irqs|
	s|cpu-count = <1>|cpu-count = <$cpus>|; s|^};|$uart chosen { kernel = \"/inmates/fuzz.elf\"; }; };|" $TESTS/probe.dts >/tmp/fuzz.dts
/data/word "$first" $(($(status_of memory_base) + ${tell:-0})) >/tmp/words
cellctl monitor --json >/tmp/monitor 2>&1 &
monitor=$!
check "a monitor [HARN-010]" wait_for 20 monitor_watches
check "the fuzzing cell [HARN-010]" cellctl create /tmp/fuzz.dts
check "its first seed [HARN-010]" cellctl load fuzz "/tmp/words@$PARAMETER"
check "its program [HARN-010]" cellctl load fuzz
check "starts [HARN-010]" cellctl start fuzz
check "and runs [HARN-010]" console_wait fuzz '^fuzz: seed ' 20
tick=$(last_tick)
fuzz_on
last=$(seed_now)
causes=$(sed -n 's/.*"cause":"\([^"]*\)".*/\1/p' /tmp/monitor | sort | uniq -c | tr -s ' \n' ' ')
diag "$(restarts) ended, the last with seed $last, by: $causes"
check "runs come to their end [HARN-010]" console_has fuzz '^fuzz: seed [0-9]+, [1-9][0-9]* runs'
check "it was started again and again [HARN-010]" test "$(restarts)" -gt 1
is "none was given up [HARN-010]" "$(grep -c 'given-up\|restart-failed\|cannot be' /tmp/monitor)" 0
kill $monitor
wait $monitor 2>/dev/null
check "the victim cell ticks [HARN-010]" wait_for 20 ticks_after "$tick"
is "and runs [HARN-010]" "$(cell_state ticker)" running
check "the fuzzing cell is destroyed [HARN-010]" cellctl destroy fuzz
canary_stop # here, too: it waits for what this shell started
is "the root's page is as it was [HARN-010]" "$(tail -n 1 /tmp/canary)" "canary: intact"
is "the root got no interrupt it had not asked for [HARN-010]" "$(interrupts "$CLOCK_IRQ")" "$(cat /tmp/clock)"
is "nor one another CPU sent [HARN-010]" "$(interrupts "Timer broadcast")" "$(cat /tmp/broadcasts)"
check "and gets the one it asks for, where it wants it [HARN-010]" clock_rings
is "no complaints in dmesg [HARN-010]" "$(dmesg_complaints)" 0
is "all CPUs but the victim's are the root's [HARN-010]" "$(cpus_online)" 0-2
is "no CPU is lost [HARN-010]" "$(cellctl status | grep -ci lost)" 0
[ $tap_failed = 0 ] || diag "repeat it from a seed before $last: echo SEED >seed"
check "disable [RUN-001]" bulkhead_down
done_testing
