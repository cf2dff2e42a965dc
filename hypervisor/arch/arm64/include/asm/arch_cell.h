/* SPDX-License-Identifier: GPL-2.0-only */
/* The arm64 part of struct cell; immutable after create. */
#ifndef ASM_ARCH_CELL_H
#define ASM_ARCH_CELL_H

#include <bulkhead/types.h>

struct arch_cell {
	u64 vttbr;
	u64 vtcr;
	u64 hcr;      /* HCR_EL2 while this cell's code runs */
	u64 ich_hcr;  /* ICH_HCR_EL2: TC for cells */
	u64 gicr_gpa; /* first redistributor frame as the cell sees it */
};

#endif
