/* SPDX-License-Identifier: GPL-2.0-only */
/* The fake architecture's part of struct cell. */
#ifndef ASM_ARCH_CELL_H
#define ASM_ARCH_CELL_H

#include <bulkhead/types.h>

struct arch_cell {
	bool stage2_on;    /* arch_cell_stage2() */
	u32 created;       /* arch_cell_create() calls since the slot was zeroed */
	u32 ioapic_select; /* of x86, for its unit test */
};

#endif
