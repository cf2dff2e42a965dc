# SPDX-License-Identifier: GPL-2.0-only
# What is where on QEMU's virt machines, and what Linux calls it, by architecture. Sourced by cells.sh.

BOARD=$(cat /run/harness/board 2>/dev/null)
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
	;;
esac
IMAGE=/lib/firmware/bulkhead-$ARCH.bin
CELL_UART=/sys/bus/amba/devices/9040000.pl011 # a second UART, where the board has one
