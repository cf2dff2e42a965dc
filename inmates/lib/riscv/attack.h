/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attacking instructions, and what is where on the QEMU board. Each probe uses one of the functions, once: `attack` is its one
 * attacking instruction.
 */
#ifndef INMATE_ATTACK_H
#define INMATE_ATTACK_H

#include "port.h"

#define ATTACK static __attribute__((noinline, unused))

#define BOARD_UART 0x10000000ull    /* the root's console */
#define BOARD_REGISTERS 0x101008ull /* the part of a page the cell of the probes owns: the clock's alarm */

/* A register every cell may read, not zero. */
ATTACK u32 own_register(void)
{
	return mmio_read32(comm->aplic_gpa); /* domaincfg */
}

ATTACK u64 attack_read(u64 address)
{
	u64 value;

	asm volatile(".globl attack\nattack: ld %0, 0(%1)" : "=r"(value) : "r"(address) : "memory");
	return value;
}

ATTACK void attack_write(u64 address, u64 value)
{
	asm volatile(".globl attack\nattack: sd %0, 0(%1)" ::"r"(value), "r"(address) : "memory");
}

ATTACK u32 attack_read32(u64 address)
{
	u32 value;

	asm volatile(".globl attack\nattack: lw %0, 0(%1)" : "=r"(value) : "r"(address) : "memory");
	return value;
}

ATTACK void attack_write32(u64 address, u32 value)
{
	asm volatile(".globl attack\nattack: sw %0, 0(%1)" ::"r"(value), "r"(address) : "memory");
}

ATTACK void attack_call(u64 address)
{
	asm volatile(".globl attack\nattack: jalr %0" ::"r"(address)
		     : "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "memory");
}

ATTACK void attack_hypercall(u64 number)
{
	register u64 a0 asm("a0") = 0;
	register u64 a6 asm("a6") = number;
	register u64 a7 asm("a7") = HYPERCALL_EID_RISCV;

	asm volatile(".globl attack\nattack: ecall" : "+r"(a0) : "r"(a6), "r"(a7) : "a1", "a2", "a3", "memory");
}

ATTACK struct sbi_result attack_firmware(u64 extension, u64 function, u64 a, u64 b)
{
	register u64 a0 asm("a0") = a;
	register u64 a1 asm("a1") = b;
	register u64 a2 asm("a2") = 0;
	register u64 a6 asm("a6") = function;
	register u64 a7 asm("a7") = extension;

	asm volatile(".globl attack\nattack: ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
	return (struct sbi_result){ (s64)a0, (s64)a1 };
}

/* What a subroutine that only returns is made of, and what makes it visible to the fetch of this CPU. */
#define ATTACK_RETURN 0x00008067u
ATTACK void attack_code_sync(u64 address)
{
	asm volatile("fence rw, rw; fence.i" ::"r"(address) : "memory");
}

#endif
