/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pgtable.c against a model of one entry per page, on several geometries, with windows that really go away. Table memory is
 * judged by the memory order rules: break before make, no table reused before its flush.
 */
#include "unit.h"

#include "fake/fake.h"

#define ROOT FAKE_RAM_BASE
#define POOL (FAKE_RAM_BASE + 0x100000)
#define POOL_PAGES 2048

static const struct pg_geometry geometries[] = {
	{ .levels = 4, .shift = { 26, 20, 15, 12 }, .entries = { 64, 64, 32, 8 }, .root_pages = 1, .min_block_level = 1 },
	{ .levels = 3, .shift = { 30, 21, 12 }, .entries = { 8, 512, 512 }, .root_pages = 1, .min_block_level = 0 },
	{ .levels = 2, .shift = { 21, 12 }, .entries = { 1024, 512 }, .root_pages = 2, .min_block_level = 0 },
	{ .levels = 4, .shift = { 39, 30, 21, 12 }, .entries = { 2, 512, 512, 512 }, .root_pages = 1, .min_block_level = 1 },
	{ .levels = 4, .shift = { 18, 16, 14, 12 }, .entries = { 512, 4, 4, 4 }, .root_pages = 1, .min_block_level = 2 },
};

static struct cell table_cells[1];
static struct pgtable *const t = &table_cells[0].stage2;
static struct pool pool;
static u64 base; /* of the window of addresses */
#include "change.h"

static void start(u32 geometry, bool live)
{
	const struct pg_geometry *g = &geometries[geometry];

	fake_reset();
	fake.strict_windows = geometry < 2; /* slow */
	memset(table_cells, 0, sizeof(table_cells));
	cells = table_cells;
	cell_capacity = 1;
	pool_init(&pool);
	assert_int_equal(pool_donate(&pool, range_make(POOL, POOL_PAGES * PAGE_SIZE)), 0);
	memset(fake_memory(ROOT), 0, g->root_pages * PAGE_SIZE);
	for (u64 at = POOL; at < POOL + POOL_PAGES * PAGE_SIZE; at += PAGE_SIZE)
		order_event((struct order_event){ .kind = ORDER_CLAIM, .pa = at, .size = PAGE_SIZE });
	*t = (struct pgtable){ .root = { ROOT }, .geometry = *g, .pool = &pool, .live = live };
	/* Around the middle entry's border, so that the window spans two entries of the root. */
	base = ((u64)g->entries[0] / 2 << g->shift[0]) - PAGES / 2 * PAGE_SIZE;
	model_reset();
}

/* The pages it took (negative: gave back). */
static int apply(struct change c)
{
	u32 before = pool.used;

	change_apply(c);
	if (order_violation() != NULL)
		fail_msg("memory order: %s", order_violation());
	return (int)pool.used - (int)before;
}

static bool queried(u64 gpa, u64 *pa, u32 *flags)
{
	struct pa found = { 0 };
	bool mapped = pgtable_query(t, (struct gpa){ gpa }, &found, flags);

	*pa = found.v;
	return mapped;
}

/*
 * [ISO-104] [LIFE-015] random changes, in tables made of dirty pages: tables and model agree, and no change takes more pages than were
 * counted for it
 */
static void random_changes(void **state)
{
	(void)state;
	for (u32 g = 0; g < ARRAY_SIZE(geometries); g++) {
		start(g, g % 2 == 0);
		seed = g + 1;
		for (u32 i = 0; i < 1500; i++) {
			(void)apply(random_change(PG_READ | PG_WRITE | PG_DEVICE));
			if (i % 50 == 0)
				compare(queried);
		}
		compare(queried);
	}
}

/* [LIFE-003] whatever was done to it, a range mapped back as one gives every page back */
static void merge(void **state)
{
	(void)state;
	for (u32 g = 0; g < ARRAY_SIZE(geometries); g++) {
		start(g, true);
		(void)apply(whole(RWX));
		u32 used = pool.used;

		for (u32 round = 0; round < 10; round++) {
			for (u32 i = 0; i < 30; i++)
				(void)apply(random_change(PG_READ | PG_WRITE | PG_DEVICE));
			(void)apply(whole(RWX));
			assert_int_equal(pool.used, used);
			compare(queried);
		}
		assert_int_equal(pgtable_small_pages(t, range_make(base, PAGES * PAGE_SIZE)), 0);
	}
}

#define HOLES 24

/* [LIFE-003] holes mapped back in any order take no page and leave none behind */
static void holes(void **state)
{
	struct change hole[HOLES];

	(void)state;
	for (u32 g = 0; g < ARRAY_SIZE(geometries); g++) {
		start(g, true);
		(void)apply(whole(RWX));
		u32 used = pool.used;

		for (u32 round = 0; round < 20; round++) {
			u32 slot = PAGES / HOLES;

			for (u32 i = 0; i < HOLES; i++) {
				u32 first = i * slot + (round % 2 == 0 ? random_below(slot / 2) : 0);
				u32 pages = round % 2 == 0 ? 1 + random_below(slot / 2) : slot;

				hole[i] = (struct change){ .gpa = base + first * PAGE_SIZE, .size = pages * PAGE_SIZE };
				(void)apply(hole[i]);
			}
			for (u32 left = HOLES; left > 0; left--) {
				u32 pick = random_below(left);

				hole[pick].flags = RWX;
				hole[pick].pa = hole[pick].gpa;
				assert_true(apply(hole[pick]) <= 0);
				hole[pick] = hole[left - 1];
			}
			assert_int_equal(pool.used, used);
		}
		compare(queried);
	}
}

/* [ISO-104] a live table is flushed once for an unmap, plus once for each block that had to be split; a dead one never */
static void flushes(void **state)
{
	const u64 block = BIT64(geometries[0].shift[1]);

	(void)state;
	start(0, true);
	(void)apply(whole(RWX));
	u32 before = fake.flushes[0];
	(void)apply((struct change){ .gpa = base, .size = block });
	assert_int_equal(fake.flushes[0] - before, 1);
	before = fake.flushes[0];
	(void)apply((struct change){ .gpa = base, .size = block });
	assert_int_equal(fake.flushes[0] - before, 0); /* nothing was mapped */
	(void)apply((struct change){ .gpa = base + 2 * block + PAGE_SIZE, .size = 0x10 * PAGE_SIZE });
	assert_true(fake.flushes[0] - before <= 4);
	(void)apply((struct change){ .gpa = base, .pa = base, .size = block, .flags = RWX });
	assert_true(fake.flushes[0] - before <= 4); /* from nothing to something: no flush */

	start(0, false);
	(void)apply(whole(RWX));
	(void)apply((struct change){ .gpa = base + PAGE_SIZE, .size = PAGE_SIZE });
	assert_int_equal(fake.flushes[0], 0);
}

/* [PERF-001] memory that is aligned on both sides gets no small pages; misaligned memory is counted */
static void small_pages(void **state)
{
	const u64 middle = 64 * 0x8000ull;

	(void)state;
	start(0, false);
	(void)apply((struct change){ .gpa = base, .pa = 0x7000000000ull, .size = middle, .flags = RWX });
	assert_int_equal(pgtable_small_pages(t, range_make(base, middle)), 0);
	(void)apply((struct change){ .gpa = base + PAGE_SIZE, .size = PAGE_SIZE });
	assert_int_equal(pgtable_small_pages(t, range_make(base, middle)), 7);
	(void)apply((struct change){ .gpa = base, .pa = 0x7000001000ull, .size = middle, .flags = RWX });
	assert_int_equal(pgtable_small_pages(t, range_make(base, middle)), 0); /* could not be larger */
}

/* [LIFE-003] the worst case counted without an address holds for every address */
static void worst_case(void **state)
{
	(void)state;
	seed = 7;
	for (u32 g = 0; g < ARRAY_SIZE(geometries); g++) {
		const struct pg_geometry *geometry = &geometries[g];

		for (u32 i = 0; i < 20000; i++) {
			u64 align = PAGE_SIZE << random_below(12);
			u64 size = (1 + random_below(3000)) * PAGE_SIZE;
			u64 at = (u64)random_below(1000) * align;
			u32 count = pgtable_count_unmap(geometry, range_make(at, size));

			assert_true(count <= pgtable_worst_unmap(geometry, size, align));
			assert_true(count <= 2 * (geometry->levels - 1));
		}
	}
}

/* [ISO-104] addresses beyond the tables are not covered */
static void covers(void **state)
{
	const struct pg_geometry *g = &geometries[2];
	const u64 limit = 1024ull << 21;
	struct pa pa;
	u32 flags;

	(void)state;
	assert_true(pgtable_covers(g, range_make(0, limit)));
	assert_false(pgtable_covers(g, range_make(0, limit + 1)));
	assert_false(pgtable_covers(g, range_make(limit, 1)));
	assert_false(pgtable_covers(g, range_make(limit, 0)));
	assert_false(pgtable_covers(g, range_make(~0ull, 1)));
	start(2, false);
	assert_false(pgtable_query(t, (struct gpa){ limit }, &pa, &flags));
	assert_false(pgtable_query(t, (struct gpa){ ~0ull }, &pa, &flags));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_changes), cmocka_unit_test(merge),      cmocka_unit_test(holes),  cmocka_unit_test(flushes),
		cmocka_unit_test(small_pages),    cmocka_unit_test(worst_case), cmocka_unit_test(covers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
