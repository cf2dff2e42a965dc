/* SPDX-License-Identifier: GPL-2.0-only */
/* The fake architecture's part of struct cpu. */
#ifndef ASM_ARCH_CPU_H
#define ASM_ARCH_CPU_H

#include <bulkhead/types.h>

#define ARCH_ID 255 /* BULKHEAD_ARCH_FAKE */
#define ARCH_ENTRY_ALIGN 4

struct arch_cpu {
	bool inited; /* between arch_cpu_init() and its undo or exit */
};

#endif
