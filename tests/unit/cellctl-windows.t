#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Shared windows: their records, the interrupts of doorbells beside other cells, what a Linux cell is told, what status and show say,
# how a refused create reads. What is wrong with a file: checks/. Run from the top of the tree; CELLCTL names the program.
set -u

. tests/unit/cellctl/lib.sh

header=$PWD/hypervisor/include/dt-bindings/bulkhead/cell.h
for b in qemu-arm64 qemu-riscv-aia qemu-x86-amd; do
	mkdir "$dir/$b"
	cp "configs/$b/board.dts" "$dir/$b"
	for c in ping pong linux; do
		sed "s|<dt-bindings/bulkhead/cell.h>|\"$header\"|; s/window.elf/k.bin/
			s/cpus = <2>/cpus = <3>/; t; s/cpus = <3>/cpus = <2>/" "cells/$b/$c.dts" >"$dir/$b/$c.dts"
	done
	head -c 100 /dev/zero >"$dir/$b/k.bin"
done
cd "$dir" || exit 1

machine() { # board, uname -m: with nothing kept of other cells
	cd "$dir/$1" || exit 1
	export FAKE_MACHINE="$2"
	rm -rf "$dir/run"
}

# Records of a kind of a compiled cell, or of one that exists: numbers of 32 bits, and names.
records() { # kind, file
	perl -e '
		local $/; my $b = <STDIN>; my ($count) = unpack("x20 V", $b);
		for my $i (0 .. $count - 1) {
			my ($kind, $size, $n, $at) = unpack("v v V V", substr($b, 64 + 16 * $i, 16));
			next if $kind != $ARGV[0];
			for my $r (0 .. $n - 1) {
				my $record = substr($b, $at + $r * $size, $size);
				print join(" ", $kind == 22 ? unpack("V8 Z32 (Z32)4", $record) : unpack("V*", $record)), "\n";
			}
		}' "$1" <"$2"
}

is() { # name, wanted, got
	[ "$2" = "$3" ]
	result $? "$1"
	[ "$2" = "$3" ] || echo "# wanted '$2', got '$3'"
}

# Adds windows to a cell file: "ADDRESS CHANNEL PEERS LINES" each.
windows() { # file, window...
	file=$1
	shift
	for w in "$@"; do
		echo "$w" | {
			read -r at channel peers more
			awk -v node="shared@$at { reg = <0x0 0x$at SIZE_KiB(64)>; channel = \"$channel\"; peers = $peers; $more };" \
				'/chosen/ { print node } 1' "$file" >"$file.new" && mv "$file.new" "$file"
		}
	done
}

# --- records -----------------------------------------------------------------------------------------------------------------

machine qemu-arm64 aarch64
run "$cellctl" -b board.dts compile ping.dts -o ping.cell
is "its place, size, doorbells, channel, members: the rest of them is empty [CFG-331]" \
	"2130706432 0 0 62 65536 0 2 0 plc-data root pong ping " "$(records 22 ping.cell)"
is "an edge-triggered interrupt, the highest that nothing uses but one, which is the root's [CFG-332]" "62 1" "$(records 20 ping.cell)"
cp ping.dts four.dts
sed -i 's/doorbells = <2>/access = "read-only"; doorbells = <0>/; s/"pong", "root"/"m", "a", "z"/' four.dts
windows four.dts '7f010000 c1 "root"' '7f020000 c2 "root"' '7f030000 c3 "root"'
run "$cellctl" -b board.dts compile four.dts -o four.cell
is "read-only, without doorbells, four members [CFG-331]" "2130706432 0 1 0 65536 0 0 0 plc-data z m four a" \
	"$(records 22 four.cell | head -1)"
is "an interrupt for each window with doorbells [CFG-332]" "62 1,61 1,60 1," "$(records 20 four.cell | tr '\n' ,)"
windows four.dts '7f040000 c4 "root"'
run "$cellctl" -b board.dts check four.dts
[ "$code" = 3 ] && grep -q 'error \[cell-too-big\].* 4 windows' "$dir/err"
result $? "a fifth is too many [MSG-020]"

# --- interrupts beside other cells ----------------------------------------------------------------------------------------------

machine qemu-arm64 aarch64
run "$cellctl" -b board.dts create ping.dts
[ "$code" = 0 ] && [ "$(records 20 "$dir/run/ping.cell")" = "62 1" ]
result $? "create [CFG-332]"
run FAKE_CELL=ping "$cellctl" -b board.dts create pong.dts
[ "$code" = 0 ] && [ "$(records 20 "$dir/run/pong.cell")" = "61 1" ]
result $? "that of a cell that exists is taken [CFG-332]"
sed -i 's/cpus = <3>/cpus = <2>/' ping.dts
run FAKE_CELL=pong "$cellctl" -b board.dts create ping.dts
[ "$code" = 0 ] && [ "$(records 20 "$dir/run/ping.cell")" = "62 1" ]
result $? "destroyed and created again beside its peer: the same [CFG-332]"
awk '/cpus =/ { print "irqs = <0 30 1>;" } 1' pong.dts >wired.dts
sed -i '/shared@/,/};/d; s/cpus = .*/cpus = <1>;/' wired.dts
run FAKE_CELL=ping "$cellctl" -b board.dts create wired.dts
[ "$code" = 3 ] && grep -q "error \[irq-owned\]: interrupt 62 (SPI 30) belongs to cell 'ping'" "$dir/err"
result $? "it cannot be another cell's [CFG-332]"
run "$cellctl" -b board.dts check wired.dts ping.dts
result "$code" "a file that is checked before it has named that: another [CFG-332]"
run "$cellctl" -b board.dts compile ping.dts -o ping.cell
sed -i 's/doorbells = <2>/doorbells = <3>/' pong.dts
run FAKE_CELL=ping "$cellctl" -b board.dts create pong.dts
[ "$code" = 3 ] && grep -q "error \[channel-doorbells\].*3 doorbells here, and 2 doorbells in cell 'ping'" "$dir/err" && [ ! -e "$dir/log" ]
result $? "what disagrees with a cell that exists is not created [MSG-020]"
sed -i 's/doorbells = <3>/doorbells = <2>/' pong.dts
run FAKE_CELL=pong "$cellctl" -b board.dts create ping.cell
[ "$code" = 0 ] && [ "$(records 20 "$dir/run/ping.cell")" = "62 1" ]
result $? "a compiled cell [CFG-332]"
run FAKE_CELL=pong \
	FAKE_FAIL="4 22 cell ping: cannot create it (-22): channel plc-data: [channel-disagree] size, doorbells or members differ" \
	"$cellctl" -b board.dts create ping.cell
[ "$code" = 1 ] && grep -q 'error \[channel-disagree\]: .*channel plc-data: size.*; fix: ' "$dir/err"
result $? "what the hypervisor finds to disagree [MSG-020]"
run FAKE_FAIL="3 28 cell ping: cannot create it (-28): channel plc-data: there are 16 windows already" \
	"$cellctl" -b board.dts create ping.cell
[ "$code" = 1 ] && grep -q 'error \[windows-exhausted\]: .*; fix: ' "$dir/err"
result $? "no more windows [MSG-020]"
sed 's/"arm,pl031"/"arm,gic-v2m-frame", &/' board.dts >frames.dts
run "$cellctl" -b frames.dts check ping.dts
[ "$code" = 3 ] && grep -q 'error \[doorbell-irqs-exhausted\].*; fix: write doorbells = <0>' "$dir/err"
result $? "message frames may take any interrupt [CFG-332]"

machine qemu-riscv-aia riscv64
run "$cellctl" -b board.dts compile ping.dts -o ping.cell
is "riscv: the last source but one, which is the root's [CFG-332]" "95 1" "$(records 20 ping.cell)"
machine qemu-x86-amd x86_64
windows ping.dts '7f010000 c1 "root"'
run "$cellctl" -b board.dts compile ping.dts -o ping.cell
is "x86: vectors 0x50 and 0x51 of its first CPU [CFG-332]" "5242880 5308416 " "$(records 22 ping.cell | cut -d' ' -f4 | tr '\n' ' ')"
[ -z "$(records 20 ping.cell)" ]
result $? "x86: no pin of the IO-APIC [CFG-332]"

# --- a Linux cell --------------------------------------------------------------------------------------------------------------

# An Image as far as cellctl looks: 4 MiB of memory.
image() { # magic
	head -c 18 /dev/zero
	printf '\100\0\0\0\0\0'
	head -c 32 /dev/zero
	printf '%b' "$1"
	head -c 4036 /dev/zero
}
# shellcheck disable=SC2086 # words
fact() { is "$1 [CFG-333]" "$2" "$(fdtget ${4:-} cell.dtb $3 2>&1)"; } # name, wanted, NODE PROPERTY [OPTION]

machine qemu-arm64 aarch64
windows linux.dts '7f010000 log "root" access = "read-only"; doorbells = <0>;' '7f000000 plc-data "root"'
run "$cellctl" -b board.dts dtb linux.dts -o cell.dtb
result "$code" "device tree [CFG-333]"
dtc -I dtb -O dts cell.dtb 2>said >/dev/null && ! grep -q window said
result $? "tree: dtc has no complaint [CFG-333]"
fact "tree: for a driver" bulkhead,window-v1 "/window@7f000000 compatible"
fact "tree: where it is" "0 7f000000 0 10000" "/window@7f000000 reg" -tx
fact "tree: its channel" plc-data "/window@7f000000 bulkhead,channel"
fact "tree: its interrupt, edge-triggered" "0 30 1" "/window@7f000000 interrupts"
fact "tree: read-only" "" "/window@7f010000 read-only"
! fdtget cell.dtb /window@7f010000 interrupts >/dev/null 2>&1 && [ "$(fdtget cell.dtb -l / | grep -c memory)" = 1 ]
result $? "tree: no doorbells, no interrupt; windows are no memory [CFG-333]"
image 'ARM\0144' >Image
sed -i 's/doorbells = <0>;//' linux.dts
sed '/uart {/,/};/d; /stdout/d; s/"log"/"other"/; s/"plc-data"/"third"/' linux.dts >taker.dts
head -c 5000 /dev/zero >initrd.cpio
run "$cellctl" -b board.dts create taker.dts
run FAKE_CELL=taker "$cellctl" -b board.dts create linux.dts
result "$code" "create of a Linux cell beside one with windows [CFG-332]"
run FAKE_CELL=linux FAKE_STATE=1 FAKE_KEEP=1 "$cellctl" -b board.dts load linux
mv "$dir/load-$(sed -n 's/^device tree  *\(0x[0-9a-f]*\) .*/\1/p' "$dir/out")" cell.dtb
fact "loaded, the tree has what the cell was created with" "0 27 1" "/window@7f000000 interrupts"

machine qemu-riscv-aia riscv64
windows linux.dts '7f000000 plc-data "root"'
run "$cellctl" -b board.dts dtb linux.dts -o cell.dtb
fact "riscv: its interrupt" "95 1" "/window@7f000000 interrupts"
fact "riscv: at the APLIC" "$(fdtget cell.dtb /interrupt-controller@d000000 phandle)" "/window@7f000000 interrupt-parent"

# --- what is there -------------------------------------------------------------------------------------------------------------

machine qemu-arm64 aarch64
run "$cellctl" -b board.dts create ping.dts
run FAKE_CELL=ping "$cellctl" show ping
is "show: windows of a cell [MSG-021]" "plc-data 0x7f000000 64 KiB read-write 2 62 root,pong" \
	"$(sed -n '/^CHANNEL  *GUEST/,$p' "$dir/out" | sed -n '2s/  */ /gp')"
run FAKE_CELL=ping "$cellctl" --json show ping
grep -q '"windows":\[{"channel":"plc-data","guest":"0x7f000000","size":65536,"access":"read-write",' "$dir/out" &&
	grep -q '"access":"read-write","doorbells":2,"irq":62,"peers":"root,pong"}\]' "$dir/out"
result $? "show as JSON [MSG-021]"
run FAKE_CELL=pong "$cellctl" show pong
! grep -q CHANNEL "$dir/out"
result $? "show of a cell without any [MSG-021]"
run FAKE_WINDOW=plc-data "$cellctl" status
is "status: windows, their members, and who is there [MSG-021]" \
	"plc-data 64 KiB 2 root running,plc-data 64 KiB 2 pong absent,plc-data 64 KiB 2 ping running," \
	"$(sed -n '/^CHANNEL  *SIZE/,$p' "$dir/out" | sed '1d; s/  */ /g' | tr '\n' ,)"
run FAKE_WINDOW=plc-data "$cellctl" --json status
grep -q '"windows":\[{"id":3,"channel":"plc-data","size":65536,"doorbells":2,"index":0,"member":"root","state":"running"},' "$dir/out"
result $? "status as JSON [MSG-021]"
run "$cellctl" status
[ "$code" = 0 ] && ! grep -q CHANNEL "$dir/out"
result $? "status without windows [MSG-021]"
echo "1..$n"
exit $failed
