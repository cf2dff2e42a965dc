/* SPDX-License-Identifier: GPL-2.0-only */
/* The x86 part of struct cell; immutable after create but for the last. */
#ifndef ASM_ARCH_CELL_H
#define ASM_ARCH_CELL_H

#include <bulkhead/types.h>

struct arch_cell {
	u64 nested_root;   /* top-level table of its second stage */
	u64 port_map;      /* three pages: a bit for each I/O port that traps */
	u32 ioapic_select; /* the register its window shows */
};

#endif
