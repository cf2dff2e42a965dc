/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attacking instructions, and what is where on the QEMU board. Each probe uses one of the functions, once: `attack` is its one
 * attacking instruction.
 */
#ifndef INMATE_ATTACK_H
#define INMATE_ATTACK_H

#include "apic.h"

#define ATTACK static __attribute__((noinline, unused))

#define BOARD_UART 0xfed00000ull      /* devices are ports here: a register the root has in memory, the HPET's */
#define BOARD_REGISTERS 0xfed1f140ull /* the chipset's; the cell of probes has 16 bytes there, read only */
#define BOARD_CONSOLE_PORT 0x3f8      /* the root's console */

#define VECTOR_UD 6
#define VECTOR_GP 13

/* The exception trap_expect() saw; 0: none came. */
static inline u64 expected_vector(u64 cause)
{
	return cause >> 32 & 0xff;
}

/* A register every cell may read, not zero. */
ATTACK u32 own_register(void)
{
	return (u32)msr_read(X2APIC_VERSION);
}

/* What the instruction at `attack` expects if trap_expect() is set: to go on behind it. */
#define ATTACK_INSTRUCTION(text) ".globl attack\nattack:\n1: " text "\n2:\n" EXPECT_TABLE

ATTACK u64 attack_read(u64 address)
{
	u64 value = 0;

	asm volatile(ATTACK_INSTRUCTION("movq (%1), %0") : "+r"(value) : "r"(address) : "memory");
	return value;
}

ATTACK void attack_write(u64 address, u64 value)
{
	asm volatile(ATTACK_INSTRUCTION("movq %0, (%1)")::"r"(value), "r"(address) : "memory");
}

ATTACK u32 attack_read32(u64 address)
{
	u32 value = 0;

	asm volatile(ATTACK_INSTRUCTION("movl (%1), %0") : "+r"(value) : "r"(address) : "memory");
	return value;
}

ATTACK void attack_write32(u64 address, u32 value)
{
	asm volatile(ATTACK_INSTRUCTION("movl %0, (%1)")::"r"(value), "r"(address) : "memory");
}

ATTACK void attack_call(u64 address)
{
	asm volatile(ATTACK_INSTRUCTION("call *%0")::"r"(address)
		     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
}

ATTACK void attack_hypercall(u64 number)
{
	u64 result = HYPERCALL_BASE_X86 + number, a = 0, b = 0, c = 0;

	asm volatile(ATTACK_INSTRUCTION("vmmcall") : "+a"(result), "+D"(a), "+S"(b), "+d"(c) : "c"(0ull) : "memory");
}

ATTACK u64 attack_msr_read(u32 msr)
{
	u32 low = 0, high = 0;

	asm volatile(ATTACK_INSTRUCTION("rdmsr") : "+a"(low), "+d"(high) : "c"(msr) : "memory");
	return (u64)high << 32 | low;
}

ATTACK void attack_msr_write(u32 msr, u64 value)
{
	asm volatile(ATTACK_INSTRUCTION("wrmsr")::"c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

ATTACK u8 attack_in8(u16 port)
{
	u8 value = 0;

	asm volatile(ATTACK_INSTRUCTION("inb %%dx, %%al") : "+a"(value) : "d"(port) : "memory");
	return value;
}

ATTACK void attack_out8(u16 port, u8 value)
{
	asm volatile(ATTACK_INSTRUCTION("outb %%al, %%dx")::"a"(value), "d"(port) : "memory");
}

/* What a subroutine that only returns is made of, and what makes it visible to the fetch of this CPU. */
#define ATTACK_RETURN 0xc3c3c3c3u
ATTACK void attack_code_sync(u64 address)
{
	(void)address; /* caches are coherent; a jump is enough */
	asm volatile("" ::: "memory");
}

#endif
