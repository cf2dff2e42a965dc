/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pool.c: page pools with reservations. Pages are physical addresses; the pool never touches their contents except through
 * arch_window() for the free list, so a pool costs no memory beyond struct pool. Guarded by mgmt.
 *
 * Reserve first (may fail), then take (cannot fail, panics on a broken count).
 */
#ifndef BULKHEAD_POOL_H
#define BULKHEAD_POOL_H

#include <bulkhead/addr.h>

#define POOL_MAX_CHUNKS 16

struct pool_chunk {
	u64 base;
	u32 pages;
	u32 fresh; /* pages never taken: index of the next one */
	u32 used;  /* taken and not given back */
	u32 reserved;
	u64 free_list; /* physical address of the first returned page, 0: none; next pointer in its first word */
};

struct pool {
	struct pool_chunk chunk[POOL_MAX_CHUNKS];
	u32 chunk_count;
	u32 total;
	u32 used;
	u32 reserved; /* part of the free pages */
};

void pool_init(struct pool *p);
/* -ENOSPC: no chunk slot left. The memory must be scrubbed (or be zeroed by take: see pool_take). */
int __must_check pool_donate(struct pool *p, struct range memory);
/* Removes the chunk with this base if none of its pages is used or needed for a reservation: 0, -EBUSY, -ENOENT. */
int __must_check pool_reclaim(struct pool *p, u64 base);
/* True if a chunk with this base exists. */
bool pool_has_chunk(const struct pool *p, u64 base);
u32 pool_free(const struct pool *p);                      /* pages neither used nor reserved */
int __must_check pool_reserve(struct pool *p, u32 pages); /* -ENOMEM */
void pool_unreserve(struct pool *p, u32 pages);
/* A page out of the reservation, with whatever it holds. Earlier chunks first, so that later ones can be reclaimed. */
struct pa pool_take(struct pool *p);
/* Back to its chunk; not to the reservation. */
void pool_give(struct pool *p, struct pa page);

#endif
