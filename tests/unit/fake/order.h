/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory order contract, checked as it happens: core's acts on memory are journaled, and each one is judged by what was
 * done to the same pages before. TCG cannot show a missing flush or clean; this can.
 *
 *   a page changes hands     unmap, flush, clean+invalidate, scrub, clean, map; in this order
 *   a page becomes a table   no guest reaches it, not even by a stale translation
 *   a live entry changes     clear, flush, write
 *   a load                   copy, clean, then the cell runs
 */
#ifndef FAKE_ORDER_H
#define FAKE_ORDER_H

#include <bulkhead/types.h>

enum order_kind {
	ORDER_MAP,   /* owner's tables map the pages; detail: PG_* */
	ORDER_UNMAP, /* not any more; live: translations stay cached until the flush */
	ORDER_TABLE, /* the page is a table of owner now */
	ORDER_FREE,  /* the table was unlinked */
	ORDER_BREAK, /* a live entry was cleared; pa: of the entry */
	ORDER_MAKE,  /* an entry was written; pa: of the entry */
	ORDER_FLUSH, /* owner's translations */
	ORDER_CLEAN, /* detail: enum clean_op */
	ORDER_SCRUB,
	ORDER_WRITE, /* data copied into guest memory */
	ORDER_ON,    /* the cell's tables take effect */
	ORDER_OFF,   /* the cell's tables translate nothing, flushed */
	ORDER_CLAIM, /* the page is the hypervisor's own from now on */
	ORDER_KINDS
};

struct order_event {
	enum order_kind kind;
	u16 owner;
	u32 detail;
	u64 pa;
	u64 size;
	bool live; /* MAP, UNMAP, FREE: some CPU may walk the tables */
};

extern bool order_quiet; /* violations are expected: do not print */
void order_reset(void);
/* Journals and judges; the first violation is kept. */
void order_event(struct order_event e);
/* What was broken first: a rule's name, or NULL. */
const char *order_violation(void);
/* Prints the last events, newest last. */
void order_print(void);
/* How many events of a kind since the reset. */
u32 order_count(enum order_kind kind);
/* arch_pte_link() or _fill() at the physical address entry. */
void order_pte(u64 entry, u64 old, u64 pte);

#endif
