// SPDX-License-Identifier: GPL-2.0-only
/* Shared windows of a cell: who is a member, and the interrupts by which doorbells ring. */
#include "model.h"

#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include "layout.h"

/* Of the cell's first CPU; guests have exceptions below, and timers and each other's interrupts where they like it. */
#define X86_FIRST_VECTOR 0x50u

const char *window_peer(const struct cell *cell, const struct cell_window *w, u32 index)
{
	return fdt_stringlist_get(cell->tree.fdt, w->node, "peers", (int)index, NULL);
}

struct blob_window window_record(const struct cell *cell, const struct cell_window *w)
{
	struct blob_window record = { .size = w->range.size, .doorbells = w->doorbells };
	u32 count = 0;

	snprintf(record.channel, sizeof(record.channel), "%s", w->channel);
	for (u32 i = 0; i <= w->peer_count && count < WINDOW_MEMBERS; i++) {
		const char *name = i < w->peer_count ? window_peer(cell, w, i) : cell->name;
		char member[BULKHEAD_NAME_SIZE] = { 0 };
		u32 at = count++;

		snprintf(member, sizeof(member), "%s", name);
		for (; at && memcmp(record.members[at - 1], member, sizeof(member)) < 0; at--)
			memcpy(record.members[at], record.members[at - 1], sizeof(member));
		memcpy(record.members[at], member, sizeof(member));
	}
	return record;
}

const struct cell_window *window_find(const struct cell *cell, const char *channel)
{
	for (u32 i = 0; i < cell->window_count; i++)
		if (!strcmp(cell->windows[i].channel, channel))
			return &cell->windows[i];
	return NULL;
}

void cell_set_doorbell(struct cell *cell, u32 window, u32 irq)
{
	struct cell_window *w = &cell->windows[window];

	w->irq = irq;
	if (!irq || cell->board->arch->number == BULKHEAD_ARCH_X86)
		return;
	if (cell->irq_count == PLAN_MAX_IRQS)
		cell->too_many = true;
	else
		cell->irqs[cell->irq_count++] =
			(struct cell_irq){ .irq = { .intid = irq, .flags = BLOB_IRQ_EDGE, .type = 1 }, .node = w->node, .valid = true };
}

static bool has_irq(const struct cell *cell, u32 irq)
{
	for (u32 i = 0; i < cell->irq_count; i++)
		if (cell->irqs[i].irq.intid == irq)
			return true;
	return false;
}

static u32 next_doorbell(const struct cell *cell, const struct board *board, const struct cell *const *others, u32 other_count)
{
	/* The highest is the root's. */
	u32 irq = board_spare_below(board, board_spare_irq(board));

	for (; irq; irq = board_spare_below(board, irq)) {
		bool taken = has_irq(cell, irq);

		for (u32 i = 0; !taken && i < other_count; i++)
			taken = has_irq(others[i], irq);
		if (!taken)
			break;
	}
	return irq;
}

void cell_assign_doorbells(struct cell *cell, const struct board *board, const struct cell *const *others, u32 other_count)
{
	bool x86 = board->arch->number == BULKHEAD_ARCH_X86;

	/* Linux on x86 gives its vectors out itself, and knows of none that was given to it. */
	if (x86 && cell->window_count && layout_kind(cell) == IMAGE_LINUX)
		return;
	for (u32 i = 0; i < cell->window_count; i++) {
		if (!cell->windows[i].doorbells)
			continue;
		cell_set_doorbell(cell, i, x86 ? (X86_FIRST_VECTOR + i) << 16 : next_doorbell(cell, board, others, other_count));
	}
}
