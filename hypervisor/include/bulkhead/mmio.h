/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mmio.c: per-cell sorted table of trapped register ranges. Immutable while the cell runs: read without a lock.
 */
#ifndef BULKHEAD_MMIO_H
#define BULKHEAD_MMIO_H

#include <bulkhead/addr.h>

struct cpu;

struct mmio_access {
	u64 gpa;
	u64 value; /* write: what; read: result, zero-extended */
	u8 width;  /* bytes: 1, 2, 4, 8 */
	bool write;
};

enum mmio_result {
	MMIO_DONE,
	MMIO_DENIED, /* a cell ends with FAULT_MMIO; the root gets its exception */
};

struct mmio_region;
/* offset is from the region's start. */
typedef enum mmio_result (*mmio_handler)(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access);

struct mmio_region {
	struct range gpa;
	mmio_handler handler;
	u64 host;   /* sub-page devices: physical address of the region's start */
	u16 flags;  /* BLOB_MMIO_* */
	u16 widths; /* as in struct blob_cell_mmio */
	u32 keep;   /* the same */
};

#define MMIO_MAX_REGIONS 16

struct mmio_table {
	struct mmio_region region[MMIO_MAX_REGIONS]; /* sorted, disjoint */
	u32 count;
};

/* -EBUSY: overlap, -ENOSPC. Before the cell runs. */
int __must_check mmio_add(struct mmio_table *t, struct mmio_region region);
/* NULL: no region holds all bytes of the access. */
static inline const struct mmio_region *mmio_find(const struct mmio_table *t, u64 gpa, u32 width)
{
	/* Controllers come first in most tables, and tables are short. */
	for (const struct mmio_region *r = t->region; r < &t->region[t->count]; r++) {
		u64 offset = gpa - r->gpa.start;

		if (offset < r->gpa.size)
			return width <= r->gpa.size - offset ? r : NULL;
	}
	return NULL;
}

/* Handler of sub-page devices: forwards to the hardware within flags and widths. */
enum mmio_result mmio_forward(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access);

/*
 * The root's tables change under it: what its fault at these bytes means. Retried, once the change is over: the ledger says
 * they are its own. A page it shares with a cell's registers is not mapped: its part is forwarded.
 */
enum root_access { ROOT_RETRY, ROOT_FORWARD, ROOT_DENY };
enum root_access mmio_root_access(struct range bytes, bool write);

static inline u32 mmio_read32(u64 address)
{
	return *(volatile const u32 *)(uintptr_t)address;
}

static inline void mmio_write32(u64 address, u32 value)
{
	*(volatile u32 *)(uintptr_t)address = value;
}

static inline u64 mmio_read64(u64 address)
{
	return *(volatile const u64 *)(uintptr_t)address;
}

static inline void mmio_write64(u64 address, u64 value)
{
	*(volatile u64 *)(uintptr_t)address = value;
}

static inline u16 mmio_read16(u64 address)
{
	return *(volatile const u16 *)(uintptr_t)address;
}

static inline void mmio_write16(u64 address, u16 value)
{
	*(volatile u16 *)(uintptr_t)address = value;
}

static inline u8 mmio_read8(u64 address)
{
	return *(volatile const u8 *)(uintptr_t)address;
}

static inline void mmio_write8(u64 address, u8 value)
{
	*(volatile u8 *)(uintptr_t)address = value;
}

#endif
