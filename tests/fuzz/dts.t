#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What cellctl reads against the tree's own cells, bad ones included, and boards; then against whatever libFuzzer makes of them in
# FUZZ_SECONDS (default 5).
set -u
dir=build/host/fuzz
. tests/fuzz/lib.sh

# seed FILE CHOICE: as the tree cellctl reads; and with 8, what dtc writes of it besides
seed() {
	as=$dir/corpus-dts/$(echo "$1" | tr / _)
	cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp -P -Ihypervisor/include "$1" >"$dir/dts.text" 2>/dev/null &&
		dtc -q -I dts -O dts -T -T "$dir/dts.text" >"$dir/dts.annotated" 2>/dev/null &&
		dtc -q -I dts -O dtb -o "$dir/dts.dtb" "$dir/dts.annotated" 2>/dev/null || return 1
	{ printf "\\$2" && cat "$dir/dts.dtb"; } >"$as"
	size=$(wc -c <"$dir/dts.dtb")
	[ "$size" -gt 3000 ] || {
		printf "\\10\\$(printf %o $((size % 256)))\\$(printf %o $((size / 256)))"
		cat "$dir/dts.dtb" "$dir/dts.annotated"
	} >"$as-text"
}

seeds() {
	rm -rf $dir/corpus-dts
	mkdir -p $dir/corpus-dts
	for f in cells/*/*.dts tests/system/cells/*.dts tests/system/cells/*/*.dts tests/unit/checks/*.dts; do
		case $f in
		*riscv*) seed "$f" 1 ;;
		*x86*) seed "$f" 2 ;;
		*) seed "$f" 0 ;;
		esac
	done
	for arch in arm64 riscv-aia x86-amd; do
		seed configs/qemu-$arch/board.dts 4 && cp $dir/dts.dtb "$dir/${arch%%-*}.dtb" || return 1
	done
	# As before version 16, when nodes had paths for names: version and compatible version are words 5 and 6.
	cp "$dir/corpus-dts/cells_qemu-arm64_hello.dts" $dir/corpus-dts/old &&
		printf '\0\0\0\17\0\0\0\17' | dd of=$dir/corpus-dts/old bs=1 seek=21 conv=notrunc 2>/dev/null
	# A line of dtc's whose comment opens and closes by the same star.
	printf 'x;\t/*/\n' >>"$dir/corpus-dts/cells_qemu-arm64_hello.dts-text"
	[ "$(find $dir/corpus-dts -type f | wc -l)" -gt 100 ]
}

export FUZZ_BOARDS=$dir
fuzz_run dts CFG-001 -max_len=16384
