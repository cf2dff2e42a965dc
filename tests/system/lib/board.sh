# SPDX-License-Identifier: GPL-2.0-only
# What is where, by architecture of QEMU's virt machines. Sourced by cells.sh.

BOARD=$(cat /run/harness/board 2>/dev/null)
case $(uname -m) in
aarch64)
	ARCH=arm64
	ROOT_CONSOLE_IRQ=uart-pl011
	TIMER_IRQ=arch_timer
	KERNEL_RANGE=0x40200000  # RAM the kernel has
	FREE_RANGE=0x60000000    # RAM the kernel can give
	NO_RAM=0x30000000
	PART_PAGE=0x9030fe0      # registers of probe.dts
	PART_VALUE=0x00000061
	PART_ROOTS=0x9030ff0     # of the same page, the root's
	PART_ROOTS_VALUE=0x0000000D
	PART_DEVICE=9030000.pl061
	PART_DRIVER=/sys/bus/amba/drivers/pl061_gpio
	;;
riscv64)
	ARCH=riscv
	ROOT_CONSOLE_IRQ=ttyS0
	TIMER_IRQ=riscv-timer
	KERNEL_RANGE=0x80200000
	FREE_RANGE=0xa0000000
	NO_RAM=0x70000000
	PART_PAGE=0x10001000
	PART_VALUE=0x74726976
	PART_ROOTS=0x1000100c
	PART_ROOTS_VALUE=0x554D4551
	PART_DEVICE=
	;;
esac
IMAGE=/lib/firmware/bulkhead-$ARCH.bin
