/* SPDX-License-Identifier: GPL-2.0-only */
/* The RISC-V part of struct cpu, and the frame trap_entry.S saves. */
#ifndef ASM_ARCH_CPU_H
#define ASM_ARCH_CPU_H

#include <bulkhead/types.h>

#define ARCH_ID 3          /* BULKHEAD_ARCH_RISCV */
#define ARCH_ENTRY_ALIGN 2 /* bytes: of instructions */

/* Bits of slot->request beyond core's: the CPU's guest is to get a software interrupt. */
#define CPU_REQ_IPI 0x10000u

enum { REG_RA = 1, REG_SP = 2, REG_GP = 3, REG_TP = 4, REG_A0 = 10, REG_A1 = 11, REG_A6 = 16, REG_A7 = 17 };

struct trap_frame {
	u64 x[32]; /* x[0] is 0; hypercalls: only what a C function may change */
};

/* The root's own, where it has to be found again; entry.S knows the order. */
struct entry_state {
	u64 stvec;
	u64 satp;
	u64 sstatus;
	u64 resume; /* where it goes on */
	u64 sscratch;
};

struct arch_cpu {
	struct entry_state entry;
	u64 native[12]; /* context_save_native() */
};

#endif
