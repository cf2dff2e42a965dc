/* SPDX-License-Identifier: GPL-2.0-only */
/* The RISC-V part of struct cell; immutable after create. */
#ifndef ASM_ARCH_CELL_H
#define ASM_ARCH_CELL_H

#include <bulkhead/types.h>

struct arch_cell {
	u64 hgatp;
};

#endif
