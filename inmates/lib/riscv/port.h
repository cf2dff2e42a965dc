/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of the riscv port only, and between them and console.c. */
#ifndef INMATE_PORT_H
#define INMATE_PORT_H

/* Exception frame of start.S: x1-x31 at 8 times their number less one, then these. */
#define FRAME_SEPC 248
#define FRAME_SSTATUS 256
#define FRAME_SIZE 272

#ifndef __ASSEMBLY__

#include "ports.h"

struct frame {
	u64 x[31]; /* x[n - 1] is register n */
	u64 sepc;
	u64 sstatus;
	u64 pad;
};

_Static_assert(sizeof(struct frame) == FRAME_SIZE, "start.S saves this");
_Static_assert(offsetof(struct frame, sepc) == FRAME_SEPC, "start.S saves this");
_Static_assert(offsetof(struct frame, sstatus) == FRAME_SSTATUS, "start.S saves this");

/* By number where assemblers may not know the name. */
#define CSR_SISELECT 0x150
#define CSR_SIREG 0x151
#define CSR_STOPEI 0x15c
#define CSR_STIMECMP 0x14d

#define SSTATUS_SIE 0x2ull
#define SIE_SOFTWARE (1ull << 1)
#define SIE_TIMER (1ull << 5)
#define SIE_EXTERNAL (1ull << 9)
#define SCAUSE_INTERRUPT (1ull << 63)

#define CSR_TEXT_(x) #x
#define CSR_TEXT(x) CSR_TEXT_(x)
#define csr_read(csr)                                                             \
	({                                                                        \
		u64 value_;                                                       \
		asm volatile("csrr %0, " CSR_TEXT(csr) : "=r"(value_)::"memory"); \
		value_;                                                           \
	})
#define csr_write(csr, value) asm volatile("csrw " CSR_TEXT(csr) ", %0" ::"r"((u64)(value)) : "memory")
#define csr_set(csr, bits) asm volatile("csrs " CSR_TEXT(csr) ", %0" ::"r"((u64)(bits)) : "memory")
#define csr_clear(csr, bits) asm volatile("csrc " CSR_TEXT(csr) ", %0" ::"r"((u64)(bits)) : "memory")
#define csr_swap(csr, value)                                                                                 \
	({                                                                                                   \
		u64 old_;                                                                                    \
		asm volatile("csrrw %0, " CSR_TEXT(csr) ", %1" : "=r"(old_) : "r"((u64)(value)) : "memory"); \
		old_;                                                                                        \
	})

static inline u32 mmio_read32(u64 address)
{
	u32 value;

	/* One plain load: a hypervisor can decode it. */
	asm volatile("lw %0, 0(%1)" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void mmio_write32(u64 address, u32 value)
{
	asm volatile("sw %0, 0(%1)" ::"r"(value), "r"(address) : "memory");
}

static inline u64 mmio_read64(u64 address)
{
	u64 value;

	asm volatile("ld %0, 0(%1)" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void mmio_write64(u64 address, u64 value)
{
	asm volatile("sd %0, 0(%1)" ::"r"(value), "r"(address) : "memory");
}

static inline u8 mmio_read8(u64 address)
{
	u8 value;

	asm volatile("lbu %0, 0(%1)" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void mmio_write8(u64 address, u8 value)
{
	asm volatile("sb %0, 0(%1)" ::"r"(value), "r"(address) : "memory");
}

/* SBI: extensions and what the calls give back. */
#define SBI_EXT_BASE 0x10
#define SBI_EXT_TIME 0x54494d45
#define SBI_EXT_IPI 0x735049
#define SBI_EXT_RFENCE 0x52464e43
#define SBI_EXT_HSM 0x48534d
#define SBI_EXT_SRST 0x53525354
#define SBI_EXT_DBCN 0x4442434e
#define SBI_EXT_PMU 0x504d55
#define SBI_EXT_SUSP 0x53555350

#define SBI_OK 0
#define SBI_FAILED (-1)
#define SBI_NOT_SUPPORTED (-2)
#define SBI_INVALID_PARAM (-3)
#define SBI_DENIED (-4)
#define SBI_INVALID_ADDRESS (-5)

struct sbi_result {
	s64 error, value;
};
struct sbi_result sbi_call(u64 extension, u64 function, u64 a, u64 b, u64 c, u64 d, u64 e);

#define PORT_UART_TYPE BLOB_UART_8250

/* Called by start.S. */
u64 port_mmu_init(u64 argument); /* translation off: builds the tables, gives the value of satp */
void port_trap(struct frame *frame);

void port_irq_external(void);
void port_irq_software(void);
void port_irq_timer(void);
void port_table_put(u64 address, u64 table); /* mmu.c: a table of the caller's for the gigabyte at address */

/* What hart_start hands to a secondary CPU. */
struct cpu_slot {
	u64 stack_top;
	u64 satp;
	void (*entry)(u64 argument);
	u64 argument;
};
extern struct cpu_slot cpu_slots[INMATE_CPUS];

#endif
#endif
