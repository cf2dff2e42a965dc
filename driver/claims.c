// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the claiming of host memory at run time: the page allocator moves movable pages away and hands over the range; its pages are
 * marked offline, so that no page walker (kcore, crash dumps) looks into them. driver_lock.
 */
#include <linux/delay.h>
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "bulkhead.h"
#include "compat.h"

#define CLAIM_TRIES 8 /* for a fixed range: pages in flight settle within milliseconds */
#define CLAIM_RAM_RANGES 64

struct ram_ranges {
	unsigned int count;
	struct {
		u64 start, end;
	} range[CLAIM_RAM_RANGES];
};

static int claims_note_range(struct resource *resource, void *data)
{
	struct ram_ranges *ranges = data;

	if (ranges->count == CLAIM_RAM_RANGES)
		return 1;
	ranges->range[ranges->count].start = PAGE_ALIGN(resource->start);
	ranges->range[ranges->count].end = (resource->end + 1) & PAGE_MASK;
	ranges->count++;
	return 0;
}

static void claims_find_ram(struct ram_ranges *ranges)
{
	ranges->count = 0;
	walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, 0, -1, ranges, claims_note_range);
}

/* A page that cannot be moved away, as far as one can see without locks; the page allocator decides. */
static bool claims_stuck(struct page *page)
{
	if (PageReserved(page) || PageOffline(page))
		return true;
	return page_ref_count(page) != 0 && !PageLRU(page) && !compat_page_movable(page);
}

/*
 * The highest page of the range that rules it out, or 0: none. careful: also pages that seem to be stuck.
 * All pages must belong to one zone.
 */
static unsigned long claims_obstacle(unsigned long start, unsigned long end, bool careful)
{
	const struct zone *zone = NULL;
	unsigned long pfn = end;

	while (pfn-- > start) {
		struct page *page = pfn_to_online_page(pfn);

		if (!page || PageReserved(page) || PageOffline(page))
			return pfn;
		if (!zone)
			zone = page_zone(page);
		if (page_zone(page) != zone || (careful && claims_stuck(page)))
			return pfn;
		if (pfn % 4096 == 0)
			cond_resched();
	}
	return 0;
}

static void claims_mark(unsigned long start, unsigned long end, bool offline)
{
	unsigned long pfn;

	page_offline_begin(); /* against readers of /proc/kcore in the middle of a page */
	for (pfn = start; pfn < end; pfn++) {
		if (offline)
			__SetPageOffline(pfn_to_page(pfn));
		else if (PageOffline(pfn_to_page(pfn)))
			__ClearPageOffline(pfn_to_page(pfn));
		if (pfn % 4096 == 0)
			cond_resched();
	}
	page_offline_end();
}

static int claims_try(unsigned long start, unsigned long count)
{
	int error = compat_alloc_contig_range(start, start + count);

	if (error == 0)
		claims_mark(start, start + count, true);
	return error;
}

static int claims_fixed(unsigned long start, unsigned long count)
{
	unsigned int i;
	int error = -EBUSY;

	if (claims_obstacle(start, start + count, false))
		return -EBUSY;
	for (i = 0; i < CLAIM_TRIES && error == -EBUSY; i++) {
		error = claims_try(start, count);
		if (error == -EBUSY)
			msleep(5u << i);
	}
	return error;
}

/* From the top of one RAM range downwards; -EBUSY: nothing there. *found is the first page. */
static int claims_search_range(u64 start, u64 end, unsigned long count, unsigned long align, bool careful, unsigned long *found)
{
	unsigned long low = PFN_UP(start), high = PFN_DOWN(end);

	while (high >= low + count) {
		unsigned long pfn = ALIGN_DOWN(high - count, align);
		unsigned long obstacle;
		int error;

		if (pfn < low)
			break;
		obstacle = claims_obstacle(pfn, pfn + count, careful);
		if (obstacle) {
			high = obstacle;
			continue;
		}
		error = claims_try(pfn, count);
		if (error == 0)
			*found = pfn;
		if (error != -EBUSY)
			return error;
		/* The allocator isolates whole page blocks: the neighbour in the same block fails for the same reason. */
		high = ALIGN_DOWN(pfn + count - 1, max_t(unsigned long, align, pageblock_nr_pages));
		cond_resched();
	}
	return -EBUSY;
}

/* High addresses first: low memory is what the root's devices may need. */
static int claims_search(unsigned long count, unsigned long align, unsigned long *found)
{
	static struct ram_ranges ranges; /* driver_lock */
	int error = -EBUSY, careful;
	unsigned int i;

	claims_find_ram(&ranges);
	for (careful = 1; careful >= 0; careful--) {
		for (i = ranges.count; i-- > 0;) {
			error = claims_search_range(ranges.range[i].start, ranges.range[i].end, count, align, careful, found);
			if (error != -EBUSY)
				return error;
		}
	}
	return error;
}

int claims_take(const struct claim_request *request, const char *who, struct claim *claim, char *message)
{
	unsigned long count = request->size >> PAGE_SHIFT, start = 0;
	u64 align = max_t(u64, request->align, PAGE_SIZE);
	int error;

	if (!request->size || request->size & ~PAGE_MASK || align & (align - 1))
		return main_fail(message, -EINVAL,
				 "%s: host memory of %llu bytes aligned to %llu is no whole number of pages; fix the blob", who,
				 request->size, align);
	if (request->base != BLOB_ANY) {
		start = request->base >> PAGE_SHIFT;
		error = request->base & ~PAGE_MASK || request->base + request->size < request->base ? -EINVAL : claims_fixed(start, count);
	} else {
		error = claims_search(count, align >> PAGE_SHIFT, &start);
	}
	if (error && request->base != BLOB_ANY)
		return main_fail(message, error, "%s: host range 0x%llx-0x%llx not free (%d); leave out host-address or take other RAM",
				 who, request->base, request->base + request->size - 1, error);
	if (error)
		return main_fail(message, error == -EBUSY ? -ENOMEM : error,
				 "%s: host range of %llu KiB aligned to %llu KiB not free (%d); free memory in the root or ask for less",
				 who, request->size >> 10, align >> 10, error);
	claim->base = PFN_PHYS(start);
	claim->size = request->size;
	return 0;
}

void claims_show(const struct claim *claim)
{
	claims_mark(PHYS_PFN(claim->base), PHYS_PFN(claim->base + claim->size), false);
}

/*
 * Freed pages stay in lists of the CPU that freed them, megabytes of them. Claiming one page makes the allocator empty these
 * lists, so that what was returned is free for all CPUs and counted as free.
 */
static void claims_drain(unsigned long pfn)
{
	if (compat_alloc_contig_range(pfn, pfn + 1) == 0)
		free_contig_range(pfn, 1);
}

void claims_return(struct claim *claim)
{
	unsigned long start = PHYS_PFN(claim->base), count = claim->size >> PAGE_SHIFT;

	if (!claim->size)
		return;
	claims_mark(start, start + count, false);
	free_contig_range(start, count);
	claims_drain(start);
	*claim = (struct claim){ 0 };
}
