#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a preparation takes - memory, CPU, device - is given back when its process dies, and each refusal says why.
# boards: qemu-arm64 qemu-riscv-aia qemu-x86-amd
# timeout: 120
# files: BUILD/tests/driver
# boot: own
. /lib/bulkhead/tap.sh
. /lib/bulkhead/board.sh

driver=/data/driver

bound() { readlink "/sys/bus/${1%/*}/devices/${1#*/}/driver" | sed 's,.*/,,'; }
held() { cpus_are 0-2; }

insmod /lib/modules/bulkhead.ko
is "enable [DRV-003]" "$($driver enable)" 0
device=$CELL_UART_DEVICE
[ -e $CELL_UART ] || device=$CLOCK_DEVICE
native=$(bound $device)

$driver hold dying 3 64 any $device >/tmp/hold &
victim=$!
check "a preparation takes its CPU [DRV-003]" until_true 20 held
is "and its device [DRV-004]" "$(bound $device)" bulkhead-cell
like "a second one is told whom to wait for [DRV-003]" "$($driver prepare other 2 4)" "^16 driver \(pid $victim\) is preparing cell dying"
like "disable too [DRV-003]" "$($driver disable)" '^16 disable: cell dying exists'
check "nobody else brings the CPU back [DRV-003]" sh -c "! echo 1 >/sys/devices/system/cpu/cpu$(linux_cpu 3)/online 2>/dev/null"
like "the log names the cell [DRV-003]" "$(dmesg)" "CPU $(linux_cpu 3) belongs to cell dying"
kill -9 $victim
check "its death gives the CPU back [DRV-003]" until_true 20 cpus_are 0-3
is "and the device to its driver [DRV-004]" "$(bound $device)" "$native"

is "memory anywhere [DRV-003]" "$($driver prepare anywhere any 256)" 0
is "memory at a place [DRV-003]" "$($driver prepare there any 2 $FREE_RANGE)" 0
like "not where the kernel is [DRV-003]" "$($driver prepare there any 2 $KERNEL_RANGE)" \
	"^16 cell there: host range $KERNEL_RANGE-$(printf '0x%x' $((KERNEL_RANGE + 0x1fffff))) not free"
like "not where nothing is [DRV-003]" "$($driver prepare there any 2 $NO_RAM)" '^22 cell there: .* is not RAM'
like "not more than there is [DRV-003]" "$($driver prepare huge any 4096)" '^12 cell huge: host range of 4194304 KiB .* not free'
like "create needs a preparation [DRV-003]" "$($driver create nothing)" '^22 create: nothing is prepared'
like "the console stays [DRV-004]" "$($driver prepare d any 2 any $CONSOLE_DEVICE)" \
	"^16 device $CONSOLE_DEVICE is the console $CONSOLE_NAME of this kernel"
like "unknown device [DRV-004]" "$($driver prepare d any 2 any platform/none)" '^19 device platform/none does not exist'
like "unknown bus [DRV-004]" "$($driver prepare d any 2 any pci/none)" '^22 device pci/none: unknown bus'
if [ -e $CELL_UART ]; then
	# Opened here: a child would open it while the device may be away already.
	exec 8</dev/$CELL_TTY
	sleep 60 <&8 &
	user=$!
	exec 8<&-
	in_use() { $driver prepare d any 2 any $CELL_UART_DEVICE | grep -q "in use by sleep (pid $user) through $CELL_TTY"; }
	check "a UART in use stays, its user is named [DRV-004]" until_true 10 in_use
	kill $user
	wait $user 2>/dev/null
fi
is "CPUs are all there [DRV-003]" "$(cpus_online)" 0-3
like "no cell is left [DRV-003]" "$($driver status)" 'cells=0'
is "disable [DRV-003]" "$($driver disable)" 0
is "no complaints in dmesg [DRV-003]" "$(dmesg | grep -cE 'WARNING:|BUG:|Call trace:|bad page')" 0
done_testing
