#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs plugin.c on selftest-ARCH.S, whose counts are known, with threads and with -icount, for each architecture that is built; TAP.
# From the top of the tree. [HARN-032]
set -u
plugin=build/host/libbulkhead-plugin.so
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
number=0 failed=0

point() { # point RESULT TEXT [PROMISE]
	number=$((number + 1))
	if [ "$1" = ok ]; then
		echo "ok $number - $2 [${3:-IRQ-007}]"
	else
		echo "not ok $number - $2 [${3:-IRQ-007}]"
		failed=1
	fi
}

# field LABEL VCPU COLUMN-NAME
field() {
	awk -F'\t' -v label="$1" -v vcpu="$2" -v name="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) { sub(/^#/, "", $i); column[$i] = i } next }
		$column["label"] == label && $column["vcpu"] == vcpu { print $column[name] }' "$dir/out"
}

difference() { # difference FROM TO VCPU NAME
	echo $(($(field "$2" "$3" "$4") - $(field "$1" "$3" "$4")))
}

equal() { # equal GOT WANTED TEXT [PROMISE]
	if [ "$1" = "$2" ]; then point ok "$3: $2" "${4:-}"; else point not "$3: $2 wanted, $1 seen" "${4:-}"; fi
}

machine() { # arch
	case $1 in
	arm64) echo "qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 -cpu cortex-a57 -kernel" ;;
	riscv) echo "qemu-system-riscv64 -M virt -cpu rv64,h=true -bios" ;;
	x86) echo "qemu-system-x86_64 -M q35 -cpu max -kernel" ;;
	esac
}

check() { # check ARCH MODE QEMU-ARGUMENTS...
	elf=build/$1/bench/plugin-selftest.elf
	[ -e "$elf" ] || return 0
	rm -f "$dir"/*
	mode="$1, $2"
	line="$(machine "$1") $elf"
	own=0 entry=28 # exceptions of its own; instructions of the function "entry", on both CPUs
	[ "$1" != x86 ] || own=1 entry=26
	shift 2
	# shellcheck disable=SC2086 # words
	timeout -k 5 60 $line -accel "$@" -smp 2 -m 128M \
		-nodefaults -display none -plugin "$plugin,elf=$elf,out=$dir/out,profile=$dir/profile,aside=outer,above=10" </dev/null
	equal $? 0 "$mode: QEMU ends by itself"
	equal "$(difference 1 2 0 exits)" 100 "$mode: exits of CPU 0"
	equal "$(difference 1 2 0 sync)" 100 "$mode: all of them synchronous"
	equal "$(difference 1 2 0 insns)" 800 "$mode: instructions of CPU 0, entry to return"
	equal "$(difference 1 2 1 insns)" 0 "$mode: instructions of CPU 1 meanwhile"
	equal "$(difference 3 4 1 exits)" 50 "$mode: exits of CPU 1"
	equal "$(difference 3 4 1 insns)" 400 "$mode: instructions of CPU 1"
	equal "$(difference 4 6 1 insns)" 66 "$mode: working part of a call that also waits"
	equal "$(difference 4 6 1 spin)" 60 "$mode: waiting part"
	equal "$(difference 4 6 1 aside)" 5 "$mode: counted aside"
	equal "$(difference 4 6 1 self)" $own "$mode: exceptions of the hypervisor itself"
	equal "$(field 6 1 longest)" 71 "$mode: longest stretch, waiting apart"
	equal "$(grep '^# stretch' "$dir/out" | tail -n 1 | cut -f 2,3 | tr '\t' ' ')" "1 71" "$mode: it is told, with its CPU" HARN-032
	equal "$(field 1 0 insns)" 14 "$mode: instructions before the first guest instruction"
	equal "$(field 2 0 outside)" 14 "$mode: those are of no exit"
	equal "$(field 7 0 exits)" "" "$mode: the reply in the guest's memory is right"
	equal "$(awk '$3 == "entry" { sum += $2 } END { print sum }' "$dir/profile")" $entry "$mode: profile of the entry code"
}

for arch in arm64 riscv x86; do
	check $arch threads tcg
	check $arch icount tcg -icount shift=0,sleep=off
done
echo "1..$number"
exit $failed
