// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the memory of shared windows. It is claimed with the cell that makes a window, belongs to none of the cells, and goes back when the
 * hypervisor knows the window no more; where a channel has it open in user space (channel.c), not before that is closed. driver_lock.
 */
#include <linux/io.h>

#include "bulkhead.h"

static struct window { /* claim.size 0: free */
	struct claim claim;
	struct channel *channel; /* NULL: the root is no member, or it has none for want of memory */
	bool there;
} windows[WINDOW_MAX];

long window_info(u32 id, const struct window_header **header)
{
	void *bounce = hypercall_bounce();

	*header = bounce;
	return hypercall_finish(HC_WINDOW_INFO, id, virt_to_phys(bounce), sizeof(**header), 0);
}

static struct window *window_find(u64 base, u64 size)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(windows); i++)
		if (windows[i].claim.base == base && windows[i].claim.size == size)
			return &windows[i];
	return NULL;
}

void window_keep(struct claim *claim)
{
	struct window *free = window_find(0, 0);

	if (WARN_ON_ONCE(!free)) /* the hypervisor has no more than we */
		return;
	free->claim = *claim;
	*claim = (struct claim){ 0 };
}

static void window_see(const struct window_header *header, u64 base)
{
	struct window *window = window_find(base, header->window.size);

	if (!window)
		return;
	window->there = true;
	if (window->channel || !channel_wanted(&header->window))
		return;
	claims_show(&window->claim);
	window->channel = channel_make(header, &window->claim);
}

static void window_end(struct window *window)
{
	if (window->channel)
		channel_end(window->channel); /* which has the claim */
	else
		claims_return(&window->claim);
	*window = (struct window){ 0 };
}

static bool window_any(void)
{
	unsigned int i = 0;

	while (i < ARRAY_SIZE(windows) && !windows[i].claim.size)
		i++;
	return i < ARRAY_SIZE(windows);
}

void window_look(void)
{
	const struct window_header *header;
	unsigned int i;
	long base;

	if (!window_any())
		return;
	hypercall_finish(HC_WORK, 0, 0, 0, 0); /* windows are zeroed by it */
	for (i = 0; i < ARRAY_SIZE(windows); i++)
		windows[i].there = false;
	for (i = 0; i < WINDOW_MAX; i++) {
		base = window_info(i, &header);
		if (base >= 0)
			window_see(header, (u64)base);
		else if (base != -ENOENT) /* one that we do not know of may be there */
			return;
	}
	for (i = 0; i < ARRAY_SIZE(windows); i++)
		if (windows[i].claim.size && !windows[i].there)
			window_end(&windows[i]);
}

void window_forget(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(windows); i++)
		if (windows[i].claim.size)
			window_end(&windows[i]);
}
