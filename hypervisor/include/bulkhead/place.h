/* SPDX-License-Identifier: GPL-2.0-only */
/* place.c: a verified plan against the ledger: may the cell exist, and what does it take? All under mgmt, changing nothing. */
#ifndef BULKHEAD_PLACE_H
#define BULKHEAD_PLACE_H

#include <bulkhead/cell.h>

#define POOL_FIXED_PAGES 2 /* console ring, comm page */

/* A configuration in the root's memory, as a private copy, verified: 0, -E2BIG, -EFAULT, -EINVAL. The plan is good until the next call. */
int __must_check place_read(struct mgmt m, u64 gpa, u64 size, struct cell_plan *plan);
/* 0, or -EBUSY, -EINVAL, -ERANGE with a log line naming the object. */
int __must_check place_needs(struct mgmt m, const struct cell_plan *plan, struct cell_needs *needs);
/* The driver's answer is exactly what was asked for, the root's RAM, and disjoint: 0 or -EINVAL. */
int __must_check place_verify(const struct cell_needs *needs, const struct cell_placement *placement);
/* Stage-2 geometry that reaches all of the plan's addresses. */
int __must_check place_geometry(const struct cell_plan *plan, struct pg_geometry *g);
/* Guest-physical pages of the interrupt registers of count CPUs; false: there are none. */
bool place_irq_pages(u32 count, struct range *pages);
/* Where in a cell's pool its root table is, in pages; those between it and the fixed ones are free. */
u32 place_root_offset(const struct pg_geometry *g);
/* Upper bound of root-pool pages for taking all of it from the root. */
u32 place_root_pages(const struct cell_plan *plan, const struct cell_needs *needs);
bool place_in_ram(struct range r);
/* For ports: nothing of the cell is at these guest-physical addresses of its interrupt controller: 0, or -EINVAL with a log line. */
int __must_check place_controller(const struct cell_plan *plan, const struct range *registers, u32 count);
/* For ports: all its interrupts are among these of the machine. The same. */
int __must_check place_irqs(const struct cell_plan *plan, u32 first, u32 count);
/*
 * Root-pool pages that taking one growth chunk from the root needs: it is aligned to its size, so one table a level. Twice
 * that stays free after each create, once after each reclaim: no growth ever serves its own taking.
 */
u32 place_margin(void);

#endif
