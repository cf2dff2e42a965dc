#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every check id has one bad file, checks/<id>.dts, and cellctl says of it what the file's "expect:" lines say, in order and no more.
# riscv-<id>.dts and x86-<id>.dts are one more, for what reads differently there.
# In the head of a file:  expect: LINE:COL: MESSAGE   beside: FILE (checked before it)   board: NAME   with: OPTION...
# Writes TAP. CELLCTL names the program; run from the top of the tree.
set -u

cellctl=${CELLCTL:-build/host/cellctl}
case $cellctl in /*) ;; *) cellctl=$PWD/$cellctl ;; esac
top=$PWD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
failed=0

result() { # status, name
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=1
	fi
}

head_line() { sed -n "s|^/\* $1: \(.*\) \*/\$|\1|p" "$2"; } # key, file

# An ELF64 file for aarch64 with one segment at 0x90000000.
elf_write() {
	printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0\1\0\0\0'
	printf '\0\0\0\220\0\0\0\0\100\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\100\0\070\0\1\0\0\0\0\0\0\0'
	printf '\1\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\220\0\0\0\0\0\0\0\220\0\0\0\0\100\0\0\0\0\0\0\0\100\0\0\0\0\0\0\0\0\20\0\0\0\0\0\0'
}

cp tests/unit/checks/*.dts "$dir"
for board in qemu-arm64 qemu-arm64-ds0 qemu-riscv-aia qemu-x86-amd; do cp "configs/$board/board.dts" "$dir/$board.dts"; done
elf_write >"$dir/elsewhere.elf"
head -c 5242880 /dev/zero >"$dir/big.bin"
head -c 4096 /dev/zero >"$dir/small.bin"
printf '\037\213\010\000 not much of a kernel' >"$dir/Image.gz"
# cellctl finds the include files from where it was built; the copies do not lie there.
for f in "$dir"/*.dts; do
	sed "s|<dt-bindings/bulkhead/cell.h>|\"$top/hypervisor/include/dt-bindings/bulkhead/cell.h\"|" "$f" >"$f.new" && mv "$f.new" "$f"
done
cd "$dir" || exit 1

for f in *.dts; do
	id=${f%.dts}
	id=${id#riscv-}
	id=${id#x86-}
	case $id in other | partner | qemu-*) continue ;; esac
	board=$(head_line board "$f")
	# shellcheck disable=SC2046 # words of options and files
	"$cellctl" check -b "${board:-qemu-arm64}.dts" $(head_line with "$f") $(head_line beside "$f") "$f" >out 2>err
	status=$?
	grep -v '^$' err >said
	head_line expect "$f" | sed "s|^|$f:|" >wanted
	cmp -s said wanted
	result $? "${f%.dts}: says what is expected"
	[ "${CHECKS_DEBUG:-}" ] && diff wanted said
	if grep -q ': error \[' wanted; then want=3; else want=0; fi
	[ "$status" = "$want" ]
	result $? "${f%.dts}: exit code $status"
	grep -q "\[$id\]" wanted
	result $? "${f%.dts}: is about this check"
done
for id in $("$cellctl" explain | awk '$2 == "check" { print $1 }'); do
	[ -e "$id.dts" ]
	result $? "$id: has a file"
done
echo "1..$n"
exit $failed
