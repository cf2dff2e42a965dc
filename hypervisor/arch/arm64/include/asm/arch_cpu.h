/* SPDX-License-Identifier: GPL-2.0-only */
/* The arm64 part of struct cpu, and the frame vectors.S saves. */
#ifndef ASM_ARCH_CPU_H
#define ASM_ARCH_CPU_H

#include <bulkhead/types.h>

#define ARCH_ID 1 /* BULKHEAD_ARCH_ARM64 */

struct trap_frame {
	u64 x[31];
	u64 elr;  /* filled by C where needed: read from the system registers */
};

struct arch_cpu {
	/* EL2 state found at entry, put back by arch_cpu_exit() */
	u64 native[16];
	u64 *window; /* level-3 entries of this CPU's private window */
	u64 mpidr;   /* MPIDR_EL1, affinity bits only */
	u64 gicr;    /* physical base of this CPU's redistributor frame */
	u64 stack_top;
};

#endif
