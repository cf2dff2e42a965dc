/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of the x86 port only, and between them and console.c. */
#ifndef INMATE_PORT_H
#define INMATE_PORT_H

/* Descriptors of start.S. */
#define SELECTOR_CODE 0x08
#define SELECTOR_DATA 0x10
#define SELECTOR_CODE32 0x18

/* A CPU's stack is aligned to its size: its first word is the CPU's number. */
#define STACK_SIZE 16384

#define CR0_PE 0x1
#define CR0_NE 0x20
#define CR0_WP 0x10000
#define CR0_PG 0x80000000
#define CR4_PAE 0x20
#define MSR_EFER 0xc0000080
#define MSR_FS_BASE 0xc0000100
#define EFER_LME 0x100
#define EFER_NXE 0x800

/* Where a CPU that is started begins, in real mode: a page of low memory of its own. */
#define TRAMPOLINE 0x8000

#define VECTOR_COUNT 256
#define STUB_SIZE 16 /* of the entry of one vector */

#ifndef __ASSEMBLY__

#include "ports.h"

/* As trap_common pushes it. */
struct frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
	u64 vector, error;
	u64 rip, cs, rflags, rsp, ss;
};

_Static_assert(sizeof(struct frame) == 22 * 8, "start.S saves this");

static inline u64 msr_read(u32 msr)
{
	u32 low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
	return (u64)high << 32 | low;
}

static inline void msr_write(u32 msr, u64 value)
{
	asm volatile("wrmsr" ::"c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

static inline u8 port_in8(u16 port)
{
	u8 value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static inline void port_out8(u16 port, u8 value)
{
	asm volatile("outb %0, %1" ::"a"(value), "Nd"(port) : "memory");
}

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid_read(u32 leaf, u32 subleaf)
{
	struct cpuid c;

	asm volatile("cpuid" : "=a"(c.eax), "=b"(c.ebx), "=c"(c.ecx), "=d"(c.edx) : "a"(leaf), "c"(subleaf));
	return c;
}

/* One plain move: a hypervisor can decode it. */
static inline u32 mmio_read32(u64 address)
{
	u32 value;

	asm volatile("movl (%1), %0" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void mmio_write32(u64 address, u32 value)
{
	asm volatile("movl %0, (%1)" ::"r"(value), "r"(address) : "memory");
}

/* Where trap_expect() goes on after the instruction at 1: that it expects to fail. Instructions have no length to step over. */
#define EXPECT_TABLE ".pushsection .expect, \"a\"\n.quad 1b, 2b\n.popsection\n"

struct expect {
	u64 from, to;
};

#define PORT_UART_TYPE BLOB_UART_8250_PIO

/* Called by start.S. */
void port_start(u64 argument);
void port_start_secondary(void);
void port_trap(struct frame *frame);

void port_mmu_init(u64 argument);
void port_table_put(u64 address, u64 table); /* a table of the caller's for the gigabyte at address */
void port_idt_load(void);
void port_irq(u32 vector);
void port_irq_timer(void);

/* What cpu_start() hands to a secondary CPU. */
struct cpu_slot {
	void (*entry)(u64 argument);
	u64 argument;
	volatile u32 arrived;
};
extern struct cpu_slot cpu_slots[INMATE_CPUS];
extern u8 port_stacks[INMATE_CPUS][STACK_SIZE];

#endif
#endif
