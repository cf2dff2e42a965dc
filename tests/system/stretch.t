#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The hypervisor at its longest: cells with much memory, with many odd pieces of it, with memory that only small pages map, with many
# interrupts. Counted from outside, no CPU is in it with interrupts masked for more than 100,000 instructions at a time.
# timeout: 300
# plugin: yes
# set: full on qemu-arm64-ds0
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

M=1048576

# cell NAME: a cell file of the regions "ADDRESS SIZE" on standard input, in decimal
cell() {
	irqs=
	case $ARCH in
	arm64) irqs="irqs = $(seq 130 193 | sed 's/.*/<0 & 1>/' | tr '\n' , | sed 's/,$/;/')" ;;
	riscv) irqs="irqs = $({ seq 12 31; seq 36 79; } | sed 's/.*/<& 1>/' | tr '\n' , | sed 's/,$/;/')" ;;
	esac
	echo "/dts-v1/; / { compatible = \"bulkhead,cell-v1\"; #address-cells = <2>; #size-cells = <2>; cpu-count = <2>; $irqs"
	while read -r address size; do
		printf 'memory@%x { reg = <0x0 0x%x 0x0 0x%x>; };\n' $((CELL_MEMORY + address)) $((CELL_MEMORY + address)) "$size"
	done
	echo '};'
}

# phase WHAT COMMAND...: it works, and what it makes the hypervisor do is never too long
phase() {
	what=$1
	shift
	mark 1 >/dev/null
	check "$what [RUN-001]" "$@"
	mark 2 >/dev/null
	longest=$(host_ask plugin | awk -F'\t' '
		/^[0-9]/ { if ($1 != last) most = 0; last = $1; if ($15 > most) most = $15 } END { print most + 0 }')
	check "$what: at most $longest instructions at a time [PERF-012]" test "$longest" -gt 0 -a "$longest" -le 100000
}

life() {
	cell <"/tmp/$1.regions" >"/tmp/$1.dts"
	phase "create $1" cellctl create "/tmp/$1.dts"
	phase "load $1" cellctl load "$1" "/tmp/program@$((CELL_MEMORY + 3))"
	phase "destroy $1" cellctl destroy "$1"
}

head -c 300000 /bin/cellctl >/tmp/program
echo "0 $((400 * M - 4096))" >/tmp/large.regions
for i in $(seq 0 31); do echo "$((i * 4 * M)) $((2 * M + 4096))"; done >/tmp/pieces.regions
echo "0 $((2 * M))
$((2 * M + 4096)) $((128 * M))" >/tmp/small.regions
check "enable [RUN-001]" bulkhead_up
for cell in large pieces small; do life $cell; done
phase "disable" bulkhead_down
done_testing
