#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The hypervisor at its longest: cells with much memory, with many odd pieces of it, with memory that only small pages map, with as many
# interrupts, registers and windows as a cell may have. Counted from outside, no CPU is in it with interrupts masked for more than 100,000
# instructions at a time.
# timeout: 300
# plugin: yes
# set: full on qemu-arm64-ds0
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

M=1048576

# cell: a cell file of the regions "KIND ADDRESS SIZE" on standard input, in decimal; "shared" has no doorbells, which are interrupts, too
cell() {
	case $ARCH in
	arm64) irqs=$(seq 130 193 | sed 's/^/0 /') ;;
	riscv) irqs=$({ seq 12 31 && seq 36 79; }) ;;
	x86) irqs=$({ seq 5 7 && seq 10 11; }) ;;
	esac
	echo "/dts-v1/; / { compatible = \"bulkhead,cell-v1\"; #address-cells = <2>; #size-cells = <2>; cpu-count = <2>;"
	echo "irqs = $(echo "$irqs" | sed 's/.*/<& 1>/' | tr '\n' , | sed 's/,$/;/')"
	while read -r kind address size; do
		printf '%s@%x { reg = <0x0 0x%x 0x0 0x%x>; ' "$kind" "$address" "$address" "$size"
		[ "$kind" != shared ] || printf 'channel = "window-%x"; peers = "root"; doorbells = <0>; ' "$address"
		echo '};'
	done
	echo '};'
}
# regions KIND FIRST COUNT STEP SIZE
regions() {
	for i in $(seq 0 $(($3 - 1))); do echo "$1 $(($2 + i * $4)) $5"; done
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
case $ARCH in
arm64) registers=0xb000000 ;;
riscv) registers=0x11000000 ;;
x86) registers=0xfe100000 ;;
esac
regions memory $CELL_MEMORY 1 0 $((400 * M - 4096)) >/tmp/large.regions
regions memory $CELL_MEMORY 32 $((4 * M)) $((2 * M + 4096)) >/tmp/pieces.regions
{
	regions memory $CELL_MEMORY 1 0 $((2 * M))
	regions memory $((CELL_MEMORY + 2 * M + 4096)) 1 0 $((128 * M))
} >/tmp/small.regions
{
	regions memory $CELL_MEMORY 24 $((4 * M)) $((2 * M + 4096))
	regions registers $registers 32 8192 4096
	regions shared $((CELL_MEMORY + 128 * M)) 4 $((2 * M)) 65536
} >/tmp/full.regions
check "enable [RUN-001]" bulkhead_up
for cell in large pieces small full; do life $cell; done
phase "disable" bulkhead_down
done_testing
