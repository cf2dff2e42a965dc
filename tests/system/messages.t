#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What cellctl says when it cannot: each refusal has its id, its exit code, and says what to do.
# boards: -qemu-arm64-ds0
# timeout: 180
# files: BUILD/tests/kvmguest
. /lib/bulkhead/tap.sh
. /lib/bulkhead/cells.sh

firmware=$IMAGE

# refused NAME EXIT ID WORD COMMAND...
refused() {
	label=$1
	code=$2
	id=$3
	word=$4
	shift 4
	text=$("$@" 2>&1)
	is "$label: exit code [MSG-001]" $? "$code"
	like "$label: id and fix [MSG-001]" "$text" "error \[$id\]: .*; fix: ."
	like "$label: names '$word' [MSG-001]" "$text" "$word"
}

as_nobody() { su nobody -s /bin/sh -c "$*"; }

cell_file() { # name, lines
	cat >"/tmp/$1.dts" <<-END
	/dts-v1/;
	/ {
		compatible = "bulkhead,cell-v1";
		#address-cells = <2>; #size-cells = <2>;
		$2
	};
	END
}

mkdir -p /etc
echo 'nobody:x:65534:65534::/:/bin/sh' >/etc/passwd
memory='memory@40000000 { reg = <0x0 0x40000000 0x0 0x400000>; };'
cell_file Bad_Name "cpu-count = <1>; $memory"
cell_file kernel-range "cpu-count = <1>; memory@40000000 { reg = <0x0 0x40000000 0x0 0x400000>; host-address = <0x0 $KERNEL_RANGE>; };"

refused "no module" 4 no-driver 'insmod|modprobe' cellctl status
refused "unknown verb" 2 verb-unknown "did you mean 'list'" cellctl lits
refused "too few arguments" 2 usage FILE cellctl create
insmod /lib/modules/bulkhead.ko
refused "not enabled" 4 not-enabled 'cellctl enable' cellctl list
refused "not root" 5 not-root root as_nobody cellctl enable
mv $firmware /tmp/image
refused "no firmware" 1 no-firmware "$firmware" cellctl enable
cp /tmp/image $firmware
printf "x" | dd of=$firmware bs=1 seek=20000 conv=notrunc 2>/dev/null
refused "another image" 1 version-mismatch SHA-256 cellctl enable
mv /tmp/image $firmware
cellctl board -o /tmp/board.dts 2>/dev/null
sed 's/8000000/8800000/g; /cpu@3/,/}/s/reg = <0x03>/reg = <0x13>/' /tmp/board.dts >/tmp/other.dts
refused "another machine" 1 board-mismatch machine cellctl enable /tmp/other.dts
if [ -e /dev/kvm ]; then # where it is a module see kvm-module.t
	/data/kvmguest 60 >/tmp/kvm 2>&1 &
	guest=$!
	wait_for 20 grep -q 42 /tmp/kvm
	refused "KVM in use" 1 kvm-in-use KVM cellctl enable
	kill $guest
	wait $guest 2>/dev/null
fi
check "enable [RUN-001]" cellctl enable
refused "enabled twice" 1 already-enabled disable cellctl enable
refused "bad name" 3 name-syntax 'Bad_Name' cellctl create /tmp/Bad_Name.dts
refused "host range not free" 1 memory-busy $KERNEL_RANGE cellctl create /tmp/kernel-range.dts
refused "no such file" 3 'dts-syntax|file-missing|dts-file' 'nothing.dts' cellctl create /tmp/nothing.dts
check "boot [RUN-001]" cell_boot ticker
refused "unknown cell" 1 cell-unknown "did you mean 'ticker'" cellctl show tickr
refused "made twice" 3 name-duplicate ticker cellctl create $TESTS/ticker.dts
refused "load into a running cell" 1 cell-state "is running" cellctl load ticker
refused "disable with a cell" 1 cell-exists ticker cellctl disable
if [ -e $CELL_UART ] && [ -e $TESTS/ticker-uart.dts ]; then
	exec 8>/dev/$CELL_TTY
	sleep 1000 >&8 &
	user=$!
	exec 8>&-
	refused "device in use" 1 device-in-use "pid $user" cellctl create $TESTS/ticker-uart.dts
	kill $user
	wait $user 2>/dev/null
fi
check "destroy [RUN-001]" cellctl destroy ticker
check "disable [RUN-001]" bulkhead_down
done_testing
