// SPDX-License-Identifier: BSD-2-Clause
/* Shared windows, see window.h. */
#include "window.h"

#define PRIORITY 0x80

static bool opens(struct window *w, u64 gpa, const char *channel)
{
	const struct window_header *h = (const struct window_header *)(uintptr_t)gpa;
	int self;

	map_range(gpa, BULKHEAD_PAGE_SIZE, MAP_NORMAL);
	if (h->magic != WINDOW_MAGIC || (channel != NULL && strncmp(h->window.channel, channel, BULKHEAD_NAME_SIZE) != 0))
		return false;
	map_range(gpa, h->window.size, MAP_NORMAL);
	w->header = h;
	w->data = (void *)(uintptr_t)(gpa + BULKHEAD_PAGE_SIZE);
	w->size = h->window.size - BULKHEAD_PAGE_SIZE;
	self = window_member(w, comm->cell);
	w->self = (u32)self;
	return self >= 0;
}

bool window_open(struct window *w, const char *channel)
{
	for (u32 i = 0; i < WINDOW_CELL_MAX && comm->window_gpa[i] != 0; i++)
		if (opens(w, comm->window_gpa[i], channel))
			return true;
	return false;
}

int window_member(const struct window *w, const char *name)
{
	for (int i = 0; i < WINDOW_MEMBERS; i++)
		if (strncmp(w->header->window.members[i], name, BULKHEAD_NAME_SIZE) == 0)
			return i;
	return -1;
}

bool window_runs(const struct window *w, u32 member)
{
	return __atomic_load_n(&w->header->member[member].state, __ATOMIC_ACQUIRE) == CELL_RUNNING;
}

u32 window_changes(const struct window *w, u32 member)
{
	return __atomic_load_n(&w->header->member[member].changes, __ATOMIC_ACQUIRE);
}

s64 window_ring(const struct window *w, u32 member, u32 doorbell)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* what the other will look at, before the interrupt that makes it look */
	return hypercall(HC_DOORBELL, w->header->id, member, doorbell, 0);
}

void window_listen(const struct window *w, void (*handler)(u32 intid))
{
	u32 irq = w->header->member[w->self].irq;

	if (irq == 0)
		return;
	irq_handle(irq_of_config(irq), handler);
	irq_enable(irq_of_config(irq), PRIORITY);
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* enabled, before the caller looks what came meanwhile */
}
