# SPDX-License-Identifier: GPL-2.0-only
# What is where on QEMU's machines, and what Linux calls it, by architecture. Sourced by cells.sh.

PARAMETER=0x401ff000 # inmates/lib/inmate.h: RAM + PARAM_PAGE_OFFSET
BOARD=$(cat /run/harness/board 2>/dev/null)
CELL_MEMORY=0x40000000 # where cells of tests/system/cells have theirs
case $(uname -m) in
aarch64)
	ARCH=arm64
	TIMER_IRQ=arch_timer
	CLOCK_IRQ=rtc-pl031       # a device of the root that interrupts when it is told to
	FLASH=0x4000000           # neither RAM nor the kernel's
	KERNEL_RANGE=0x40200000   # RAM the kernel is in
	FREE_RANGE=0x60000000     # RAM the kernel can give
	NO_RAM=0x30000000
	CONSOLE_DEVICE=amba/9000000.pl011
	CONSOLE_NAME=ttyAMA0
	CLOCK_DEVICE=amba/9010000.pl031
	PART=0x9030fe0            # registers probe.dts gives a cell, and some of the same page that stay the root's
	PART_VALUE=0x00000061
	PART_ROOTS=0x9030ff0
	PART_ROOTS_VALUE=0x0000000D
	PART_DEVICE=amba/9030000.pl061 # whose page that is
	PART_DRIVER=pl061_gpio
	MASKED=9030400 MASKED_OFFSET=4 # of that device, one that keeps what is written: senses
	;;
riscv64)
	ARCH=riscv
	TIMER_IRQ=riscv-timer
	CLOCK_IRQ=101000.rtc
	FLASH=0x20000000
	KERNEL_RANGE=0x80400000
	FREE_RANGE=0x90000000
	NO_RAM=0x70000000
	CONSOLE_DEVICE=platform/10000000.serial
	CONSOLE_NAME=ttyS0
	CLOCK_DEVICE=platform/101000.rtc
	PART=0x101008
	PART_VALUE=0x12345678
	PART_ROOTS=0x101004
	PART_ROOTS_VALUE='0x[12].......' # the time, by 4 s
	PART_DEVICE=platform/101000.rtc
	PART_DRIVER=goldfish_rtc
	MASKED=101008 MASKED_OFFSET=4 # the alarm's upper half
	;;
x86_64)
	ARCH=x86
	PARAMETER=0x3ff000 # their programs are at 2 MiB
	CELL_MEMORY=0
	TIMER_IRQ=LOC:
	CLOCK_IRQ=rtc0
	FLASH=0xfffc0000
	# The kernel is anywhere.
	KERNEL_RANGE=$(printf 0x%x "0x$(sed -n 's/^ *\([0-9a-f]*\)-.* : Kernel code$/\1/p' /proc/iomem)")
	FREE_RANGE=0x70000000
	[ $((KERNEL_RANGE)) -lt $((0x60000000)) ] || FREE_RANGE=0x40000000
	NO_RAM=0x90000000
	CONSOLE_DEVICE=pnp/00:03
	CONSOLE_NAME=ttyS0
	CLOCK_DEVICE=pnp/00:04
	PART=0xfed1f144
	PART_VALUE=0x32103210
	PART_ROOTS=0xfed1f410
	PART_ROOTS_VALUE=0x00000020
	PART_DEVICE= # of the chipset: no driver has that page
	MASKED=fed1f140 MASKED_OFFSET=12 # pins of a slot that is empty
	;;
esac
IMAGE=/lib/firmware/bulkhead-$ARCH.bin
CELL_UART=/sys/bus/amba/devices/9040000.pl011 # a second UART, where the board has one
CELL_TTY=ttyAMA1
if [ $ARCH = x86 ]; then
	CELL_UART=/sys/bus/pnp/devices/00:02
	CELL_TTY=ttyS1
fi
CELL_UART_DEVICE=$(echo $CELL_UART | sed 's,/sys/bus/\(.*\)/devices,\1,') # as cells name it

# CPUs by their board numbers, which need not be Linux's: on riscv any hart may be the one that boots. "LINUX BOARD" lines; QEMU's CPU
# nodes are named by what board counts.
cpu_map() {
	for cpu_dir in /sys/devices/system/cpu/cpu[0-9]*; do
		cpu_node=$(readlink "$cpu_dir/of_node") || cpu_node=@$(printf %x "${cpu_dir##*/cpu}")
		echo "${cpu_dir##*/cpu} $((0x${cpu_node##*@}))"
	done
}
linux_cpu() { cpu_map | awk -v b="$1" '$2 == b { print $1 }'; }
# Those online, as Linux writes lists: 0-2,4
cpus_online() {
	tr , '\n' </sys/devices/system/cpu/online | awk -F- '{ for (i = $1; i <= $NF; i++) print i }' >/tmp/cpus_online
	cpu_map | awk 'NR == FNR { online[$1] = 1; next } $1 in online { print $2 }' /tmp/cpus_online - | sort -n |
		awk 'function put() { if (NR > 1) text = text (text == "" ? "" : ",") (first == last ? first : first "-" last) }
			NR == 1 || $1 != last + 1 { put(); first = $1 } { last = $1 } END { NR++; put(); print text }'
}
cpus_are() { [ "$(cpus_online)" = "$1" ]; }
