#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A second stock Debian kernel with two CPUs beside the root; where the board has a second UART that is its console.
# boards: qemu-arm64 qemu-riscv-aia qemu-x86-amd
# boot: own
# needs: guest
# timeout: 240
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

check "enable [RUN-005]" bulkhead_up
UART=$CELL_UART
made() { echo $(($(json_where cpu "$1" "$2" </tmp/up) - $(json_where cpu "$1" "$2" </tmp/created))); }
uart_driver() { [ ! -e $UART ] || basename "$(readlink $UART/driver)"; }
native=$(uart_driver)
sed -i '/bootargs = /d; s/kernel = /bootargs = "alive window=0x7f000000"; &/
	s/chosen {/shared@7f000000 { reg = <0x0 0x7f000000 0x0 0x10000>; channel = "linux"; peers = "root"; };\n&/' /cells/linux.dts
check "create [RUN-005]" cellctl create /cells/linux.dts
check "load [RUN-005]" cellctl load linux
cellctl stats --json >/tmp/created # its CPUs were the root's before
check "start [RUN-005]" cellctl start linux
check "it comes up [RUN-005]" wait_for 120 linux_has '^guest: ready'
cellctl stats --json >/tmp/up
text=$(linux_said | grep -E "^(Linux|guest:)")
diag "$text"
like "it is the root's own kernel [RUN-005]" "$text" "^Linux guest-cell $(uname -r | tr + .) .*$(uname -m)"
like "it has two CPUs [RUN-005]" "$text" '^guest: cpus 2$'
is "state [RUN-005]" "$(cell_state linux)" running
is "the root has the other two [ROOT-004]" "$(cpus_online)" 0,3
is "its UART is not the root's [ROOT-005]" "$(uart_driver)" "${native:+bulkhead-cell}"
case $(uname -m) in
riscv64) is "its CPUs interrupt each other without exits [IRQ-012]" "$(exits 1 ipi) $(exits 2 ipi)" "0 0" ;;
x86_64)
	like "its UART speaks by interrupts [IRQ-330]" "$text" '^guest: uart interrupts [1-9]'
	for cpu in 1 2; do
		asked=$(made $cpu cpuid)
		sent=$(made $cpu ipi)
		total=$(made $cpu total)
		diag "cpu $cpu: $total exits, $asked for CPUID, $sent for interrupts sent"
		check "it made fewer than 1,500 exits on CPU $cpu [PERF-011]" test "$total" -lt 1500
	done
	is "its arguments are its console and what we asked for [RUN-310]" "$(printf '%s\n' "$text" | sed -n 's/^guest: arguments //p')" \
		"alive window=0x7f000000 earlycon=uart8250,io,0x2f8 console=ttyS1"
	here=$(date +%s)
	there=$(printf '%s\n' "$text" | sed -n 's/^guest: date //p')
	check "its date is right: $there, here $here [RUN-310]" test "$there" -le "$here" -a "$there" -gt $((here - 60))
	;;
esac
check "it looks at its shared window [CFG-333]" wait_for 60 linux_has '^guest: window begins with'
text=$(linux_said | grep -E "^guest: (window|RAM)")
diag "$text"
like "a device of it [CFG-333]" "$text" '^guest: window device .*/(7f000000\.window|PRP0001:00)/modalias$'
like "with its header: BULKWIND [CFG-333]" "$text" '^guest: window begins with 0x444E49574B4C5542$'
ram=$(printf '%s\n' "$text" | sed -n 's/^guest: RAM //p')
check "which is not its RAM: $ram [CFG-333]" test -n "$ram" -a "${ram#*7f000000}" = "$ram"
is "the root sees it there [MSG-021]" "$(cellctl status --json | json_where member linux state)" running
lives() { linux_said | sed -n 's/^alive: //p' | tail -n 1; }
lives_more() { [ "$(lives | grep . || echo 0)" -gt "$1" ]; }
check "it counts [LIFE-261]" wait_for 60 lives_more 0
complaints() { linux_said | grep -cE 'WARNING|BUG:|stall|lockup'; }
complained=$(complaints) # a busy emulator may make it, before
check "suspend [LIFE-261]" cellctl suspend linux
before=$(lives)
usleep 5000000
is "it is silent [LIFE-261]" "$(lives)" "$before"
check "resume [LIFE-261]" cellctl resume linux
check "it goes on [LIFE-261]" wait_for 40 lives_more $((before + 1))
is "and complains of nothing [LIFE-261]" "$(complaints)" "$complained"
check "destroy [RUN-005]" cellctl destroy linux
is "all CPUs are back [ROOT-002]" "$(cpus_online)" 0-3
is "its UART is the root's again [ROOT-005]" "$(uart_driver)" "$native"
check "disable [RUN-005]" bulkhead_down
done_testing
