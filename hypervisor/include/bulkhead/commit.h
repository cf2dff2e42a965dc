/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * commit.c: the part of creating and destroying that cannot fail. Everything was checked and reserved before (place.h);
 * the ledger changes first, page tables, interrupts and CPUs follow from it. All under mgmt.
 */
#ifndef BULKHEAD_COMMIT_H
#define BULKHEAD_COMMIT_H

#include <bulkhead/cell.h>

/*
 * CPUs, pool and what the tables are built from are the cell's; all else is commit_scrub()'s until true. Not while commit_takes(), and
 * plan and placement stay as they are until it no longer does.
 */
void commit_create(struct mgmt m, struct cell *cell, const struct cell_plan *plan, const struct cell_needs *needs,
		   const struct cell_placement *placement);
/* CPUs, interrupts and devices back to the root; memory to nobody, to be scrubbed. All CPUs are parked or lost. */
void commit_destroy(struct mgmt m, struct cell *cell);
/*
 * A bounded part of what is left of creating and destroying; true when all is done. create: one thing of the plan after another
 * becomes the cell's and leaves the root, then the memory is scrubbed, then mapped; destroy: scrubbed, then the root's again.
 */
bool commit_scrub(struct mgmt m, struct cell *cell);
/* A new cell is being given what it has: its plan is being read, and pages of the root's pool are reserved. */
bool commit_takes(struct mgmt m);
u64 commit_scrub_left(const struct cell *cell);
/* The root sees, or no longer sees, the interrupt page of a CPU, if CPUs have one. Takes no page of the pool but at init. */
void commit_root_irq_page(u32 cpu, bool seen);
/* (Re)writes the comm page. */
void commit_comm(struct mgmt m, struct cell *cell);
/* The next request word, written into the comm page. */
u32 commit_request(struct mgmt m, struct cell *cell, enum comm_request what);
/* A donated chunk of the root pool back to the root: 0, -EAGAIN: part of it was scrubbed, -EBUSY, -ENOENT. */
int __must_check commit_pool_reclaim(struct mgmt m, u64 base);

#endif
