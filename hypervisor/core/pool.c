/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page pools with reservations: chunks of donated memory, each with a never-taken tail and a list of returned pages that is
 * linked through the pages themselves. The caller holds mgmt.
 */
#include <bulkhead/arch.h>
#include <bulkhead/pool.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

void pool_init(struct pool *p)
{
	*p = (struct pool){ .chunk_count = 0 };
}

int pool_donate(struct pool *p, struct range memory)
{
	if (!range_ok(memory) || !range_page_aligned(memory) || memory.size >> PAGE_SHIFT > UINT32_MAX - p->total)
		return -BH_EINVAL;
	if (p->chunk_count == POOL_MAX_CHUNKS)
		return -BH_ENOSPC;

	u32 pages = (u32)(memory.size >> PAGE_SHIFT);

	p->chunk[p->chunk_count++] = (struct pool_chunk){ .base = memory.start, .pages = pages };
	p->total += pages;
	return 0;
}

static struct pool_chunk *chunk_at(struct pool *p, u64 address)
{
	for (u32 i = 0; i < p->chunk_count; i++) {
		struct pool_chunk *c = &p->chunk[i];

		if (range_has(range_make(c->base, (u64)c->pages << PAGE_SHIFT), address))
			return c;
	}
	return NULL;
}

bool pool_has_chunk(const struct pool *p, u64 base)
{
	for (u32 i = 0; i < p->chunk_count; i++) {
		if (p->chunk[i].base == base)
			return true;
	}
	return false;
}

int pool_reclaim(struct pool *p, u64 base)
{
	if (!pool_has_chunk(p, base))
		return -BH_ENOENT;

	struct pool_chunk *c = chunk_at(p, base);

	if (c->used != 0 || c->pages > pool_free(p))
		return -BH_EBUSY;
	p->total -= c->pages;
	p->chunk_count--;
	memmove(c, c + 1, (size_t)(&p->chunk[p->chunk_count] - c) * sizeof(*c));
	return 0;
}

u32 pool_free(const struct pool *p)
{
	return p->total - p->used - p->reserved;
}

int pool_reserve(struct pool *p, u32 pages)
{
	if (pages > pool_free(p))
		return -BH_ENOMEM;
	p->reserved += pages;
	return 0;
}

void pool_unreserve(struct pool *p, u32 pages)
{
	CHECK(pages <= p->reserved);
	p->reserved -= pages;
}

struct pa pool_take(struct pool *p)
{
	struct pool_chunk *c = p->chunk;
	struct pa page;

	CHECK(p->reserved > 0);
	while (c->used == c->pages) /* a reservation is part of the free pages: one chunk has some */
		c++;
	if (c->free_list != 0) {
		page.v = c->free_list;
		c->free_list = *(u64 *)arch_window(WINDOW_POOL, page, 1);
	} else {
		page.v = c->base + ((u64)c->fresh++ << PAGE_SHIFT);
	}
	c->used++;
	p->used++;
	p->reserved--;
	return page;
}

void pool_give(struct pool *p, struct pa page)
{
	struct pool_chunk *c = chunk_at(p, page.v);

	CHECK(c != NULL && c->used > 0 && page_base(page.v) == page.v);

	u64 *content = arch_window(WINDOW_POOL, page, 1);

	content[0] = c->free_list;
	c->free_list = page.v;
	c->used--;
	p->used--;
}
