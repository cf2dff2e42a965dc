/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * window.c: shared windows: which there are, their header pages, doorbells. Whose memory they are says the ledger, and commit.c maps it.
 * What a window is, is in its header page, which nobody else can write; all but doorbells is under mgmt.
 */
#ifndef BULKHEAD_WINDOW_H
#define BULKHEAD_WINDOW_H

#include <bulkhead/cell.h>

struct window {
	struct ticket_lock lock;  /* header page and cell[]; after mgmt */
	struct range memory;      /* size 0: this one is free */
	u16 cell[WINDOW_MEMBERS]; /* who is there: OWNER_ROOT, a cell, OWNER_NOBODY */
	u16 cells;
	bool ready; /* its data was zeroed: others may join */
};

/* 0 and *id: it is there and can be joined. -ENOENT: not there; -EAGAIN: about to be, or to end; -EINVAL: they disagree, logged. */
int __must_check window_find(struct mgmt m, const struct blob_window *want, u32 *id);
u32 window_free(struct mgmt m);
/* Its place in the list; WINDOW_MEMBERS: it is not in it. */
u32 window_member(const struct blob_window *w, const struct cell *cell);
/* A new one in memory that nobody else writes, its first page zero; not ready. There is a free one. */
u32 window_open(struct mgmt m, const struct blob_window *want, struct range memory);
struct window *window_get(u64 id);                           /* NULL: there is none */
struct window_header *window_header(const struct window *w); /* until the next arch_window() of WINDOW_COMM */
void window_join(struct mgmt m, u32 id, const struct cell *cell, u32 irq);
/* False: it was the last cell. */
bool window_leave(struct mgmt m, u32 id, const struct cell *cell);
/* The cell's state, to the other members of all its windows. */
void window_tell(const struct cell *cell);
/* Arguments and results as in abi/hypercall.h. */
s64 __must_check window_ring(const struct cell *from, u64 id, u64 member, u64 doorbell);

#endif
