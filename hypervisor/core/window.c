/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns the table of shared windows, their header pages, and doorbells; see window.h. */
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>
#include <bulkhead/window.h>

static struct window windows[WINDOW_MAX];

struct window_header *window_header(const struct window *w)
{
	return arch_window(WINDOW_COMM, (struct pa){ w->memory.start }, 1);
}

struct window *window_get(u64 id)
{
	return id < WINDOW_MAX && windows[id].memory.size != 0 ? &windows[id] : NULL;
}

u32 window_free(struct mgmt m)
{
	u32 count = 0;

	for (u32 i = 0; i < WINDOW_MAX; i++)
		count += windows[i].memory.size == 0;
	return count;
}

int window_find(struct mgmt m, const struct blob_window *want, u32 *id)
{
	for (*id = 0; *id < WINDOW_MAX; ++*id) {
		const struct window *w = &windows[*id];

		if (w->memory.size == 0)
			continue;
		const struct blob_window *is = &window_header(w)->window;
		if (memcmp(is->channel, want->channel, BULKHEAD_NAME_SIZE) != 0)
			continue;
		if (!w->ready)
			return -BH_EAGAIN;
		if (memcmp(is, want, sizeof(*is)) == 0)
			return 0;
		log_line("channel %s: [channel-disagree] size, doorbells or members differ from those of the cell that made it",
			 want->channel);
		return -BH_EINVAL;
	}
	return -BH_ENOENT;
}

u32 window_member(const struct blob_window *w, const struct cell *cell)
{
	u32 i = 0;

	while (i < WINDOW_MEMBERS && memcmp(w->members[i], cell->name, BULKHEAD_NAME_SIZE) != 0)
		i++;
	return i;
}

u32 window_open(struct mgmt m, const struct blob_window *want, struct range memory)
{
	u32 id = 0;

	while (windows[id].memory.size != 0)
		id++;
	struct window *w = &windows[id];
	w->memory = memory;
	memset(w->cell, 0xff, sizeof(w->cell)); /* OWNER_NOBODY */
	struct window_header *h = window_header(w);
	h->magic = WINDOW_MAGIC;
	h->abi = BULKHEAD_ABI_VERSION;
	h->size = sizeof(*h);
	h->id = id;
	h->window = *want;
	arch_clean(h, sizeof(*h), CLEAN_TO_POC);
	return id;
}

/* Its place among the members; WINDOW_MEMBERS: it is not there. */
static u32 place_of(const struct window *w, u16 cell)
{
	u32 i = 0;

	while (i < WINDOW_MEMBERS && w->cell[i] != cell)
		i++;
	return i;
}

/* Lock of the window held: the interrupt of a member that runs, or will go on. */
static bool send(const struct window *w, const struct window_header *h, u32 member)
{
	u32 state = h->member[member].state;

	if (state != CELL_RUNNING && state != CELL_SUSPENDED)
		return false;
	if (w->cell[member] == OWNER_ROOT)
		arch_irq_send(cell_root(), (u32)load_relaxed(&cell_notify));
	else
		arch_irq_send(&cells[w->cell[member]], h->member[member].irq);
	return true;
}

static void set_state(struct window *w, u32 member, u32 state)
{
	struct window_header *h;

	ticket_lock(&w->lock);
	h = window_header(w);
	h->member[member].state = state;
	h->member[member].changes++;
	arch_clean(&h->member[member], sizeof(h->member[0]), CLEAN_TO_POC);
	for (u32 i = 0; i < WINDOW_MEMBERS; i++)
		if (i != member)
			send(w, h, i);
	ticket_unlock(&w->lock);
}

void window_tell(const struct cell *cell)
{
	for (u32 i = 0; i < cell->window_count; i++) {
		struct window *w = &windows[cell->window[i]];

		set_state(w, place_of(w, cell->id), cell->state);
	}
}

void window_join(struct mgmt m, u32 id, const struct cell *cell, u32 irq)
{
	struct window *w = &windows[id];
	struct window_header *h = window_header(w);
	u32 i = window_member(&h->window, cell);

	if (!cell_is_root(cell))
		w->cells++;
	h->member[i].irq = irq;
	store_release(&w->cell[i], cell->id);
	set_state(w, i, cell->state);
}

bool window_leave(struct mgmt m, u32 id, const struct cell *cell)
{
	struct window *w = &windows[id];
	u32 i = place_of(w, cell->id);

	set_state(w, i, CELL_FREE); /* from here on nobody sends to it, nor does it send */
	w->cell[i] = OWNER_NOBODY;
	w->ready = --w->cells != 0;
	return w->ready;
}

s64 window_ring(const struct cell *from, u64 id, u64 member, u64 doorbell)
{
	s64 err = -BH_ENOENT;

	if (id >= WINDOW_MAX)
		return err;
	struct window *w = &windows[id];
	ticket_lock(&w->lock);
	if (window_get(id) && place_of(w, from->id) < WINDOW_MEMBERS) {
		struct window_header *h = window_header(w);

		err = -BH_EINVAL;
		if (member < WINDOW_MEMBERS && doorbell < h->window.doorbells) {
			u32 *rung = &h->member[member].rung[doorbell];

			store_release(rung, *rung + 1);
			arch_clean(rung, sizeof(*rung), CLEAN_TO_POC);
			err = send(w, h, (u32)member) ? 0 : -BH_ENODEV;
		}
	}
	ticket_unlock(&w->lock);
	return err;
}
