/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared windows of a guest, see abi/window.h: where they are, who is there, doorbells. All state is in the window itself; each question
 * is a read of memory, only window_ring() leaves the guest.
 */
#ifndef INMATE_WINDOW_H
#define INMATE_WINDOW_H

#include "inmate.h"

struct window {
	const struct window_header *header;
	void *data; /* after the header page */
	u64 size;   /* of data */
	u32 self;   /* our place among the members */
};

bool window_open(struct window *w, const char *channel);     /* false: the cell has none of that name; NULL: its first */
int window_member(const struct window *w, const char *name); /* -1: none */
bool window_runs(const struct window *w, u32 member);
u32 window_changes(const struct window *w, u32 member); /* of its state, as a count */
/* What was written to the window before is seen by who is rung. 0, or a negative errno: that member does not run. */
s64 window_ring(const struct window *w, u32 member, u32 doorbell);
/* Doorbells and changes of others interrupt this CPU, the cell's first, from now on. What came before does not: look after this. */
void window_listen(const struct window *w, void (*handler)(u32 intid));

#endif
