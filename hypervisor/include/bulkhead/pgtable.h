/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pgtable.c: one walker over the architecture's second-stage page tables: count, map, unmap, query. Tables are reached
 * through arch_window(), one slot per level, and allocated from a pool. Guarded by mgmt.
 *
 * Mapping uses the largest blocks alignment and the architecture allow. Changing a live entry is break-before-make: the
 * walker clears it, calls arch_stage2_flush(), and then writes the new one. Unmapping part of a block splits it; mapping
 * back merges tables whose entries form one block again and returns their pages.
 */
#ifndef BULKHEAD_PGTABLE_H
#define BULKHEAD_PGTABLE_H

#include <bulkhead/addr.h>
#include <bulkhead/pool.h>

enum pg_flags {
	PG_READ = 0x1,
	PG_WRITE = 0x2,
	PG_EXEC = 0x4,
	PG_DEVICE = 0x8, /* strongly ordered as the architecture's device memory; else normal write-back */
};

#define PG_MAX_LEVELS 4

/* Filled by arch_stage2_geometry(). Level 0 is the root. */
struct pg_geometry {
	u32 levels;
	u32 shift[PG_MAX_LEVELS];   /* address bits below an entry of this level: e.g. 30, 21, 12 */
	u32 entries[PG_MAX_LEVELS]; /* entries of a table; the root may have more than a page holds */
	u32 root_pages;             /* contiguous pages of the root */
	u32 min_block_level;        /* first level where a leaf is allowed */
};

struct pgtable {
	struct pa root;
	struct pg_geometry geometry;
	struct pool *pool;
	u16 owner; /* cell id: whom arch_stage2_flush() flushes */
	bool live; /* some CPU may walk it: flush and break-before-make needed */
};

/*
 * Upper bound of pages pgtable_map()/pgtable_unmap() of this range take, whatever the tables hold now. Pure.
 * For unmap this is the number of splits: a table per level and per unaligned end.
 */
u32 pgtable_count_map(const struct pg_geometry *g, struct range gpa, u64 pa);
u32 pgtable_count_unmap(const struct pg_geometry *g, struct range gpa);
/* The worst case of pgtable_count_unmap() over all placements of size bytes aligned to align. */
u32 pgtable_worst_unmap(const struct pg_geometry *g, u64 size, u64 align);

/* Page-aligned ranges inside the geometry; the pool holds a reservation of the counted pages. Cannot fail. */
void pgtable_map(struct pgtable *t, struct gpa gpa, struct pa pa, u64 size, u32 flags);
/* The same for tables that are not live, in so many rounds of at most a page of entries each: the bytes it came to. */
u64 pgtable_map_part(struct pgtable *t, struct gpa gpa, struct pa pa, u64 size, u32 flags, u32 rounds);
void pgtable_unmap(struct pgtable *t, struct gpa gpa, u64 size);
/* What gpa maps to: true and *pa, *flags; false if nothing. */
bool pgtable_query(const struct pgtable *t, struct gpa gpa, struct pa *pa, u32 *flags);
/* Leaves that are single small pages although pa and gpa would allow larger: for tests and status. */
u32 pgtable_small_pages(const struct pgtable *t, struct range gpa);
bool pgtable_covers(const struct pg_geometry *g, struct range gpa);

#endif
