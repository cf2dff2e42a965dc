#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# cellctl doctor finds what would stop enable, one thing at a time on a machine that is well otherwise; what it and status --trust list as
# open are headings of CAVEATS.md. The machine is cellctl/fake_driver.c's, preloaded. Run from the top of the tree; CELLCTL names the
# program.
set -u

. tests/unit/cellctl/lib.sh
export FAKE_ENABLED=0

put() { # PATH TEXT: a file of the machine
	mkdir -p "$dir/machine/$(dirname "$1")"
	printf '%s\n' "$2" >"$dir/machine/$1"
}

well() { # UNAME ARCH BOARD
	rm -rf "$dir/machine"
	export FAKE_MACHINE="$1"
	board=$PWD/configs/$3/board.dts
	put "lib/firmware/bulkhead-$2.bin" image
	put sys/devices/system/cpu/present 0-3
	put sys/devices/system/cpu/online 0-3
	put sys/kernel/security/lockdown '[none] integrity confidentiality'
	put proc/sys/kernel/panic 0
	put proc/cmdline 'console=ttyS0 quiet'
	put proc/cpuinfo 'flags : fpu svm x2apic'
	put sys/class/watchdog/watchdog0/state inactive
	put sys/kernel/kexec_crash_loaded 0
}

doctor() { # [VARIABLE=VALUE...]
	run "$@" "$cellctl" doctor -j -b "$board"
}

finds() { # EXIT-CODE ID...: these and no others
	want=$1
	shift
	[ "$code" = "$want" ] || return 1
	[ "$(sed 's/"finding":"/\n&/g' "$dir/out" |
		sed -n 's/^"finding":"\([a-z0-9-]*\)".*"fix":"[^"]\{5,\}".*/\1/p' | tr '\n' ' ')" = "$*${1:+ }" ]
}

sick() { # EXIT-CODE ID PATH TEXT ARCH: one thing is different
	old=$(cat "$dir/machine/$3" 2>/dev/null)
	put "$3" "$4"
	doctor
	finds "$1" "$2"
	result $? "$5: $2: $3 says '$4' [UX-012]"
	if [ -n "$old" ]; then put "$3" "$old"; else rm -r "$dir/machine/${3%/*}"; fi
}

for arch in arm64 riscv x86; do
	case $arch in
	arm64) well aarch64 arm64 qemu-arm64 ;;
	riscv) well riscv64 riscv qemu-riscv-aia ;;
	x86) well x86_64 x86 qemu-x86-amd ;;
	esac
	doctor
	finds 0
	result $? "$arch: a machine that is well [UX-012]"
	sick 1 cpu-busy sys/devices/system/cpu/online 0-2 $arch
	sick 1 kernel-lockdown sys/kernel/security/lockdown 'none [integrity] confidentiality' $arch
	sick 1 machine-unsupported sys/class/misc/bulkhead/refusal 'enable: this kernel runs at EL2 (VHE); boot it with x=0' $arch
	sick 1 machine-unsupported sys/class/misc/bulkhead/refusal 'enable: a reason without a remedy' $arch
	sick 0 root-panic proc/sys/kernel/panic 30 $arch
	sick 0 root-watchdog sys/class/watchdog/watchdog0/state active $arch
	sick 0 root-watchdog sys/class/watchdog/watchdog1/state active $arch
	sick 0 root-kdump sys/kernel/kexec_crash_loaded 1 $arch
	case $arch in
	arm64) sick 1 machine-unsupported proc/cmdline 'quiet irqchip.gicv3_pseudo_nmi=1' $arch ;;
	riscv) sick 1 kvm-in-use sys/module/kvm/refcnt 0 $arch ;;
	x86)
		sick 1 kvm-in-use sys/module/kvm/refcnt 0 $arch
		sick 1 machine-unsupported proc/cpuinfo 'flags : fpu x2apic' $arch
		sick 0 root-ticks proc/cpuinfo 'model name : QEMU TCG CPU; flags : svm x2apic' $arch
		sick 1 machine-unsupported proc/cmdline 'quiet nox2apic' $arch
		;;
	esac
	run "$cellctl" status --trust -j
	sed 's/"caveat":"/\n&/g' "$dir/out" | sed -n 's/^"caveat":"\([^"]*\)".*/\1/p' >"$dir/headings"
	while read -r heading; do
		grep -qxF "### $heading" CAVEATS.md || echo "no heading: $heading" >>"$dir/out"
	done <"$dir/headings"
	[ "$(wc -l <"$dir/headings")" -ge 8 ] && ! grep -q '^no heading' "$dir/out"
	result $? "$arch: what is open has a heading of CAVEATS.md [UX-013]"
done

doctor FAKE_UID=1000
finds 1 not-root
result $? "not root [UX-012]"
doctor FAKE_ABSENT=1
finds 1 no-driver
result $? "no module [UX-012]"
doctor FAKE_ABI=0x90000
finds 1 version-mismatch
result $? "a module of another ABI [UX-012]"
rm "$dir/machine/lib/firmware/bulkhead-x86.bin"
doctor
finds 1 no-firmware
result $? "no image [UX-012]"
put proc/sys/kernel/panic 5
doctor FAKE_ENABLED=1
finds 0 root-panic
result $? "once enabled, only what ends cells counts [UX-012]"
echo "1..$n"
exit $failed
