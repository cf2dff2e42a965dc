/* SPDX-License-Identifier: GPL-2.0-only */
/* The arm64 part of struct cpu, and the frame vectors.S saves. */
#ifndef ASM_ARCH_CPU_H
#define ASM_ARCH_CPU_H

#include <bulkhead/types.h>

#define ARCH_ID 1          /* BULKHEAD_ARCH_ARM64 */
#define ARCH_ENTRY_ALIGN 4 /* bytes: of instructions */

struct trap_frame {
	u64 x[31];
	u64 reserved; /* keeps SP 16-byte aligned */
};

/* EL2's own controls as found at entry; entry.S knows the order. */
struct entry_state {
	u64 sctlr;
	u64 vbar;
	u64 mair;
	u64 tcr;
	u64 ttbr0;
	u64 tpidr;
};

struct arch_cpu {
	struct entry_state entry;
	u64 native[16];           /* context_save_native() */
	u64 gicr;                 /* physical base of this CPU's redistributor frame */
	struct trap_frame *frame; /* of the trap being handled */
};

#endif
