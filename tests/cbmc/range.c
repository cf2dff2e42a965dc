/* SPDX-License-Identifier: GPL-2.0-only */
/* Range arithmetic (addr.h), for all ranges: what each function says of two ranges is what it means for every address. No bounds. */
#include "cbmc.h"

#include <bulkhead/addr.h>

static struct range any_range(void)
{
	struct range r = range_make(nondet_u64(), nondet_u64());

	__CPROVER_assume(range_ok(r));
	return r;
}

static void pages(u64 size)
{
	u64 up = page_round_up(size);

	__CPROVER_assert(page_base(size) <= size && size - page_base(size) < PAGE_SIZE && page_base(size) % PAGE_SIZE == 0, "page_base");
	if (size <= ~0ull - PAGE_SIZE)
		__CPROVER_assert(up >= size && up - size < PAGE_SIZE && up % PAGE_SIZE == 0, "page_round_up");
}

int main(void)
{
	struct range a = any_range(), b = any_range();
	u64 x = nondet_u64(), both = a.start > b.start ? a.start : b.start;
	bool in_a = x >= a.start && x <= range_last(a), in_b = x >= b.start && x <= range_last(b);

	__CPROVER_assert(range_has(a, x) == in_a, "range_has");
	__CPROVER_assert(!range_contains(a, b) || !in_b || in_a, "what is contained is inside");
	__CPROVER_assert(range_contains(a, b) || b.start < a.start || range_last(b) > range_last(a), "what is inside is contained");
	__CPROVER_assert(range_overlaps(a, b) || !(in_a && in_b), "ranges that do not overlap share no address");
	__CPROVER_assert(!range_overlaps(a, b) || (range_has(a, both) && range_has(b, both)), "ranges that overlap share one");
	__CPROVER_assert(range_overlaps(a, b) == range_overlaps(b, a), "either way");
	__CPROVER_assert(!range_page_aligned(a) || (a.start % PAGE_SIZE == 0 && a.size % PAGE_SIZE == 0), "range_page_aligned");
	pages(x);
	return 0;
}
