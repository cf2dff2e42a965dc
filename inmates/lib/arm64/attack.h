/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attacking instructions, and what is where on the QEMU board. Each probe uses one of the functions, once: `attack` is its one
 * attacking instruction.
 */
#ifndef INMATE_ATTACK_H
#define INMATE_ATTACK_H

#include "port.h"

#define ATTACK static __attribute__((noinline, unused))

#define BOARD_UART 0x09000000ull      /* the root's console */
#define BOARD_REGISTERS 0x09030fe0ull /* the part of a page the cell of the probes owns: a GPIO controller's identification */

/* A register every cell may read, not zero. */
ATTACK u32 own_register(void)
{
	return mmio_read32(comm->gicd_gpa + 0x4); /* GICD_TYPER */
}

ATTACK u64 attack_read(u64 address)
{
	u64 value;

	asm volatile(".globl attack\nattack: ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

ATTACK void attack_write(u64 address, u64 value)
{
	asm volatile(".globl attack\nattack: str %0, [%1]" ::"r"(value), "r"(address) : "memory");
}

ATTACK u32 attack_read32(u64 address)
{
	u32 value;

	asm volatile(".globl attack\nattack: ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

ATTACK void attack_write32(u64 address, u32 value)
{
	asm volatile(".globl attack\nattack: str %w0, [%1]" ::"r"(value), "r"(address) : "memory");
}

ATTACK void attack_call(u64 address)
{
	asm volatile(".globl attack\nattack: blr %0" ::"r"(address)
		     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
		       "x30", "memory");
}

ATTACK void attack_hypercall(u64 number)
{
	asm volatile("mov x0, %0\n.globl attack\nattack: hvc #0" ::"r"(HYPERCALL_BASE_ARM64 + number) : "x0", "x1", "x2", "x3", "memory");
}

/* What a subroutine that only returns is made of, and what makes it visible to the fetch of this CPU. */
#define ATTACK_RETURN 0xd65f03c0u
ATTACK void attack_code_sync(u64 address)
{
	asm volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb" ::"r"(address) : "memory");
}

#endif
