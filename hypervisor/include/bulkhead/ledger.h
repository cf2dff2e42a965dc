/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ledger.c: who owns what. Pure: no globals; page tables, irq masks and CPU sets are derived from it, never the reverse.
 *
 * The root owns everything that has no entry. Entries of one kind are disjoint and sorted by (kind, start), so a look-up is
 * a binary search. Adjacent entries are not merged: each one is released as it was added.
 */
#ifndef BULKHEAD_LEDGER_H
#define BULKHEAD_LEDGER_H

#include <bulkhead/addr.h>

enum ledger_kind {
	LEDGER_MEMORY = 1, /* physical addresses, RAM and MMIO alike */
	LEDGER_IRQ = 2,    /* arm64 INTID, riscv source, x86 GSI */
	LEDGER_CPU = 3,    /* board CPU number */
	LEDGER_PIO = 4,    /* x86: I/O ports */
};

/* Owners: cell id 1..n; these are special. */
#define OWNER_ROOT 0
#define OWNER_HEADER 0xfffb      /* first page of a window of the root and cells: it may read it */
#define OWNER_ROOT_WINDOW 0xfffc /* the rest of it */
#define OWNER_WINDOW 0xfffd      /* a window of cells only */
#define OWNER_HYPERVISOR 0xfffe
#define OWNER_NOBODY 0xffff /* being scrubbed, or lost */

enum ledger_use { /* of LEDGER_MEMORY entries, so that release knows what to do */
		  USE_NONE = 0,
		  USE_RAM = 1,
		  USE_POOL = 2,
		  USE_MMIO = 3,
		  USE_WINDOW = 4,
};

struct ledger_entry {
	u64 start;
	u64 size;
	u16 owner;
	u8 kind;   /* enum ledger_kind */
	u8 use;    /* enum ledger_use */
	u16 index; /* USE_WINDOW: its id; a chunk of the root's pool: 0 in use, else the page that is scrubbed next, plus 1 */
};

struct ledger {
	struct ledger_entry *entry; /* guarded by mgmt */
	u32 count;
	u32 capacity;
};

void ledger_init(struct ledger *l, struct ledger_entry *storage, u32 capacity);
/* -EBUSY: overlaps an entry; -ENOSPC: full; -EINVAL: !range_ok. On 0 the entry is added. */
int __must_check ledger_add(struct ledger *l, const struct ledger_entry *e);
/* 0 if the whole range is the root's, -EBUSY else (then *who is the first owner in the way, may be NULL). */
int __must_check ledger_check_free(const struct ledger *l, enum ledger_kind kind, struct range r, u16 *who);
/* True if every byte of r is the root's. */
static inline bool ledger_root_owns(const struct ledger *l, enum ledger_kind kind, struct range r)
{
	return ledger_check_free(l, kind, r, NULL) == 0;
}
/* Owner of one address or number; OWNER_ROOT if no entry. */
u16 ledger_owner(const struct ledger *l, enum ledger_kind kind, u64 at);
/* First entry of this owner at or after *position (start with 0), or NULL; *position moves on. */
struct ledger_entry *ledger_next(struct ledger *l, u16 owner, u32 *position);
/* Removes one entry found by ledger_next(). Positions after it become invalid: start again. */
void ledger_remove(struct ledger *l, struct ledger_entry *e);
/* Room for n more entries? */
bool ledger_has_room(const struct ledger *l, u32 n);
/* Sorted, disjoint, all range_ok: for debug builds and tests. */
bool ledger_invariant(const struct ledger *l);

#endif
