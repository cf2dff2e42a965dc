#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Which interrupt cellctl chooses to tell the root of cells' ends. Writes TAP. CELLCTL names the program; run from the top of the tree.
set -u

cellctl=${CELLCTL:-build/host/cellctl}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
failed=0

chosen() { "$cellctl" board "$1" --json | sed -n 's/.*"notify": *"\([^"]*\)".*/\1/p'; }
is() { # name, got, expected
	n=$((n + 1))
	if [ "$2" = "$3" ]; then echo "ok $n - $1"; else
		echo "not ok $n - $1"
		echo "# got $2, expected $3"
		failed=1
	fi
}
edited() { # BOARD SED...: the board with a change
	sed "$2" "configs/$1/board.dts" >"$dir/$1.dts"
	cmp -s "configs/$1/board.dts" "$dir/$1.dts" && echo "# $1: nothing changed"
	chosen "$dir/$1.dts"
}

is "arm64: the last of the last bank that is in use [IRQ-343]" "$(chosen configs/qemu-arm64/board.dts)" "interrupt 63 (SPI 31)"
is "riscv: the last source [IRQ-343]" "$(chosen configs/qemu-riscv-aia/board.dts)" "interrupt 96"
is "x86: the kernel's choice [IRQ-343]" "$(chosen configs/qemu-x86-amd/board.dts)" "any vector"
is "arm64: used by the last device, it is the one before [IRQ-343]" "$(edited qemu-arm64 's/<0 17 1>/<0 31 1>/')" "interrupt 62 (SPI 30)"
is "riscv: the same [IRQ-343]" "$(edited qemu-riscv-aia 's/<11 4>/<96 4>/')" "interrupt 95"
is "a disabled device counts [IRQ-343]" "$(edited qemu-riscv-aia 's/interrupts = <11 4>/status = "disabled"; interrupts = <96 4>/')" \
	"interrupt 95"
is "a bank more [IRQ-343]" "$(edited qemu-arm64 's/<0 17 1>/<0 32 1>/')" "interrupt 95 (SPI 63)"
is "message frames take any [IRQ-343]" "$(edited qemu-arm64 's/"arm,pl031"/"arm,gic-v2m-frame", &/')" polling
echo "1..$n"
exit $failed
