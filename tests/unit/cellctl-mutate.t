#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Damaged boards, cells and compiled cells end in a message, never in a crash: cellctl under ASan and UBSan. COUNT inputs of each kind.
set -u

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
count=${COUNT:-40}
gcc -w -O1 -o "$dir/mutate" tests/unit/cellctl/mutate.c || exit 1
gcc -std=gnu11 -O1 -g -w -D_GNU_SOURCE -fsanitize=address,undefined -fno-sanitize-recover=all -Itools/cellctl -Ihypervisor/include \
	-DBULKHEAD_VERSION=\"test\" -o "$dir/cellctl" tools/cellctl/*.c hypervisor/core/blob*.c -lfdt || exit 1
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99
for f in cells/qemu-arm64/linux configs/qemu-arm64/board cells/qemu-riscv-aia/linux configs/qemu-riscv-aia/board; do
	case $f in *riscv*) to=$dir/riscv-${f##*/} ;; *) to=$dir/${f##*/} ;; esac
	cpp -nostdinc -undef -x assembler-with-cpp -Ihypervisor/include $f.dts "$to.dts" || exit 1
	dtc -q -I dts -O dtb -o "$to.dtb" "$to.dts" || exit 1
done
cd "$dir" || exit 1
./cellctl -b board.dtb compile linux.dts -o linux.cell >/dev/null 2>&1 || exit 1
./cellctl -b riscv-board.dtb compile riscv-linux.dts -o riscv-linux.cell >/dev/null 2>&1 || exit 1
head -c 100000 /dev/urandom >initrd.cpio
# An arm64 Image as far as cellctl looks.
{ head -c 16 /dev/zero; printf '\0\0\100\0\0\0\0\0'; head -c 32 /dev/zero; printf 'ARM\144'; head -c 9000 /dev/zero; } >Image

# try NAME FILE COMMAND...: mutations of FILE as the file "mutant"
n=0
failed=0
try() {
	name=$1
	file=$2
	shift 2
	bad=0
	i=0
	while [ $i -lt "$count" ]; do
		i=$((i + 1))
		./mutate $i "$file" >"mutant.${file##*.}"
		"$@" >/dev/null 2>err
		status=$?
		[ $status -le 6 ] && continue
		bad=$((bad + 1))
		echo "# seed $i: exit $status"
		head -n 5 err | sed 's/^/# /'
	done
	n=$((n + 1))
	[ $bad = 0 ] && echo "ok $n - $count damaged $name" && return
	echo "not ok $n - $count damaged $name"
	failed=1
}

try "board trees" board.dtb ./cellctl -b mutant.dtb dtb linux.cell
try "riscv board trees" riscv-board.dtb ./cellctl -b mutant.dtb dtb riscv-linux.cell
try "cell trees" linux.dtb ./cellctl -b board.dtb check mutant.dtb
try "compiled cells" linux.cell ./cellctl -b board.dtb check mutant.cell
try "sources" linux.dts ./cellctl -b board.dtb check mutant.dts
echo "1..$n"
exit $failed
