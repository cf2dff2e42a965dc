/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of the arm64 port only, and between them and console.c. */
#ifndef INMATE_PORT_H
#define INMATE_PORT_H

/* Exception frame of start.S: x0-x30, then these. */
#define FRAME_ELR 248
#define FRAME_SPSR 256
#define FRAME_SIZE 272

#ifndef __ASSEMBLY__

#include "ports.h"

struct frame {
	u64 x[31];
	u64 elr;
	u64 spsr;
	u64 pad;
};

_Static_assert(sizeof(struct frame) == FRAME_SIZE, "start.S saves this");
_Static_assert(offsetof(struct frame, elr) == FRAME_ELR, "start.S saves this");
_Static_assert(offsetof(struct frame, spsr) == FRAME_SPSR, "start.S saves this");

#define sysreg_read(name)                                                \
	({                                                               \
		u64 value_;                                              \
		asm volatile("mrs %0, " #name : "=r"(value_)::"memory"); \
		value_;                                                  \
	})
#define sysreg_write(name, value) asm volatile("msr " #name ", %0" ::"r"((u64)(value)) : "memory")

static inline u32 mmio_read32(u64 address)
{
	u32 value;

	/* One plain load: a hypervisor can decode it. */
	asm volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void mmio_write32(u64 address, u32 value)
{
	asm volatile("str %w0, [%1]" ::"r"(value), "r"(address) : "memory");
}

static inline void mmio_write64(u64 address, u64 value)
{
	asm volatile("str %0, [%1]" ::"r"(value), "r"(address) : "memory");
}

static inline void mmio_write8(u64 address, u8 value)
{
	asm volatile("strb %w0, [%1]" ::"r"(value), "r"(address) : "memory");
}

#define PORT_UART_TYPE BLOB_UART_PL011

u64 smc_call(u64 function, u64 a, u64 b, u64 c);
u64 hvc_call(u64 function, u64 a, u64 b, u64 c);

/* Called by start.S. */
void port_mmu_init(u64 argument); /* MMU off: builds the tables */
void port_sync(struct frame *frame, u64 kind);
void port_irq(struct frame *frame);

/* What CPU_ON hands to a secondary CPU. */
struct cpu_slot {
	u64 stack_top;
	u64 ttbr, tcr, mair;
	void (*entry)(u64 argument);
	u64 argument;
};
extern struct cpu_slot cpu_slots[INMATE_CPUS];

#endif
#endif
