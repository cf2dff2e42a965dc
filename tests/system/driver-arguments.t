#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# /dev/bulkhead without cellctl: who may open it, sizes, flags, pointers, and the image the module takes.
# boards: qemu-arm64 qemu-riscv-aia qemu-x86-amd
# timeout: 90
# files: BUILD/tests/driver
# boot: own
. /lib/bulkhead/tap.sh
. /lib/bulkhead/board.sh

driver=/data/driver
image=$IMAGE
name=bulkhead-$ARCH.bin

is "the module loads [DRV-001]" "$(insmod /lib/modules/bulkhead.ko 2>&1)" ""
is "for root only [DRV-001]" "$(stat -c '%a %u' /dev/bulkhead)" "600 0"
is "sysfs says it is not enabled [DRV-001]" "$(cat /sys/class/misc/bulkhead/enabled)" 0
is "an unknown call [DRV-001]" "$($driver raw 99 8)" 25
is "a size the module does not know [DRV-001]" "$($driver raw 9 12)" 22
is "a size that lies [DRV-001]" "$($driver raw 9 12 0 176)" 22
is "an unknown flag [DRV-001]" "$($driver raw 2 168 1)" 7
like "a pointer to nowhere [DRV-001]" "$($driver badpointer)" '^14 blob: not readable at the address given'
like "not enabled [DRV-001]" "$($driver disable)" '^19 disable: Bulkhead is not enabled; run cellctl enable'
like "a board with fewer CPUs [DRV-001]" "$($driver enable 3)" '^6 enable: the board has 3 CPUs, this kernel runs on 4'

mv $image /tmp/image
like "no firmware [DRV-002]" "$($driver enable)" "^2 enable: image $image not found"
{ cat /tmp/image; echo; } >$image
like "an image that grew [DRV-002]" "$($driver enable)" "^8 enable: $name is damaged"
{ dd if=/tmp/image bs=1 count=8; printf '\143\000'; dd if=/tmp/image bs=1 skip=10 count=54; tail -c +65 /tmp/image; } 2>/dev/null >$image
like "another ABI: both are named [DRV-002]" "$($driver enable)" \
	"^71 enable: $name has ABI 99\.[0-9]+, this module [0-9]+\.[0-9]+"
{ head -c 4096 /tmp/image; printf '\377'; tail -c +4098 /tmp/image; } >$image
like "another image [DRV-002]" "$($driver enable)" '^129 enable: .* has SHA-256 [0-9a-f]{8}\.\.\., this module takes [0-9a-f]{8}'
echo text >$image
like "no image at all [DRV-002]" "$($driver enable)" '^8 enable: .* is no Bulkhead image'
mv /tmp/image $image

echo 0 >/sys/devices/system/cpu/cpu2/online
like "a CPU is offline [DRV-001]" "$($driver enable)" '^16 enable: CPU 2 is offline; echo 1 > /sys/devices/system/cpu/cpu2/online'
echo 1 >/sys/devices/system/cpu/cpu2/online
if [ -e /dev/kvm ]; then
	$driver vm >/tmp/vm &
	vm=$!
	check "a virtual machine exists [DRV-001]" until_true 10 grep -q 0 /tmp/vm
	like "KVM is in use, its user is named [DRV-001]" "$($driver enable)" "^16 enable: KVM in use by driver .pid $vm.; stop"
	kill $vm
	wait $vm 2>/dev/null
fi
is "after all that it enables [DRV-002]" "$($driver enable)" 0
is "sysfs says so [DRV-001]" "$(cat /sys/class/misc/bulkhead/enabled)" 1
like "not twice [DRV-001]" "$($driver enable)" '^16 enable: Bulkhead is enabled already'
check "no sleep while enabled [DRV-001]" sh -c '! echo freeze >/sys/power/state 2>/dev/null'
like "and the log says why [DRV-001]" "$(dmesg)" 'bulkhead: no sleep and no hibernation while enabled'
check "not removable while enabled [DRV-001]" sh -c '! rmmod bulkhead 2>/dev/null'
[ ! -e /dev/kvm ] || like "KVM makes no machine while enabled [DRV-001]" "$($driver vm)" "^16 /dev/kvm"
is "disable [DRV-001]" "$($driver disable)" 0
check "rmmod [DRV-001]" rmmod bulkhead
done_testing
