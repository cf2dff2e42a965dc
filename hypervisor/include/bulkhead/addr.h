/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses carry their kind in their type, and ranges are half-open: [start, start + size). All overflow-safe arithmetic
 * on ranges is here and nowhere else.
 */
#ifndef BULKHEAD_ADDR_H
#define BULKHEAD_ADDR_H

#include <bulkhead/types.h>

struct pa { /* physical */
	u64 v;
};

struct gpa { /* guest-physical; the root's equals the physical address */
	u64 v;
};

/* Aligned to its size: the compiler keeps one in two registers. */
struct range {
	u64 start;
	u64 size;
} __attribute__((aligned(16)));

static inline struct range range_make(u64 start, u64 size)
{
	return (struct range){ .start = start, .size = size };
}

/* Not empty, and its last byte exists. */
static inline bool range_ok(struct range r)
{
	return r.size != 0 && r.start + (r.size - 1) >= r.start;
}

/* Both must be range_ok(). */
static inline u64 range_last(struct range r)
{
	return r.start + (r.size - 1);
}

static inline bool range_contains(struct range outer, struct range inner)
{
	return inner.start >= outer.start && range_last(inner) <= range_last(outer);
}

static inline bool range_overlaps(struct range a, struct range b)
{
	return a.start <= range_last(b) && b.start <= range_last(a);
}

static inline bool range_has(struct range r, u64 address)
{
	return address >= r.start && address - r.start < r.size;
}

static inline bool range_page_aligned(struct range r)
{
	return ((r.start | r.size) & (PAGE_SIZE - 1)) == 0;
}

static inline u64 page_base(u64 address)
{
	return address & ~(PAGE_SIZE - 1);
}

/* Callers pass sizes bounded by a verified range; no overflow possible. */
static inline u64 page_round_up(u64 size)
{
	return (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

/* The pages it touches. */
static inline struct range range_pages(struct range r)
{
	u64 start = page_base(r.start);

	return range_make(start, page_round_up(r.start - start + r.size));
}

#endif
