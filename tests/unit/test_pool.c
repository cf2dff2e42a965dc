/* SPDX-License-Identifier: GPL-2.0-only */
/* pool.c: reservations, pages, chunks that come and go. */
#include "unit.h"

#include "fake/fake.h"

#define BASE FAKE_RAM_BASE
#define SECOND (FAKE_RAM_BASE + 0x100000)

static struct pool p;

static void donate(u64 base, u32 pages)
{
	assert_int_equal(pool_donate(&p, range_make(base, pages * PAGE_SIZE)), 0);
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	fake.strict_windows = true;
	pool_init(&p);
	return 0;
}

static void assert_counts(u32 total, u32 used, u32 reserved)
{
	assert_int_equal(p.total, total);
	assert_int_equal(p.used, used);
	assert_int_equal(p.reserved, reserved);
	assert_int_equal(pool_free(&p), total - used - reserved);
}

/* [LIFE-015] what is reserved is there; what is not is refused */
static void reservations(void **state)
{
	(void)state;
	assert_int_equal(pool_reserve(&p, 0), 0);
	assert_int_equal(pool_reserve(&p, 1), -BH_ENOMEM);
	donate(BASE, 8);
	assert_int_equal(pool_reserve(&p, 9), -BH_ENOMEM);
	assert_int_equal(pool_reserve(&p, 5), 0);
	assert_int_equal(pool_reserve(&p, 4), -BH_ENOMEM);
	assert_int_equal(pool_reserve(&p, 3), 0);
	assert_counts(8, 0, 8);
	for (u32 i = 0; i < 8; i++)
		(void)pool_take(&p);
	assert_counts(8, 8, 0);
}

/* [LIFE-015] pages of a reservation are different ones, first time and again, whatever their last user left in them */
static void distinct(void **state)
{
	struct pa page[4];

	(void)state;
	donate(BASE, 4);
	for (u32 round = 0; round < 3; round++) {
		assert_int_equal(pool_reserve(&p, 4), 0);
		for (u32 i = 0; i < 4; i++) {
			page[i] = pool_take(&p);
			memset(fake_memory(page[i].v), 0x5a, PAGE_SIZE);
			for (u32 j = 0; j < i; j++)
				assert_int_not_equal(page[i].v, page[j].v);
		}
		for (u32 i = 0; i < 4; i++)
			pool_give(&p, page[i]);
	}
	assert_counts(4, 0, 0);
}

/* [LIFE-002] earlier chunks are used first, so that donations can go back */
static void reclaim(void **state)
{
	struct pa page[5];

	(void)state;
	donate(BASE, 4);
	donate(SECOND, 2);
	assert_int_equal(pool_reserve(&p, 5), 0);
	for (u32 i = 0; i < 5; i++)
		page[i] = pool_take(&p);
	assert_int_equal(page[4].v, SECOND);
	assert_int_equal(pool_reclaim(&p, SECOND), -BH_EBUSY);
	pool_give(&p, page[0]);
	pool_give(&p, page[1]);
	assert_int_equal(pool_reclaim(&p, SECOND), -BH_EBUSY); /* enough is free elsewhere, but a page of it is in use */
	assert_int_equal(pool_reserve(&p, 2), 0);
	assert_int_equal(pool_take(&p).v, page[1].v);
	assert_int_equal(pool_take(&p).v, page[0].v);
	assert_int_equal(pool_reclaim(&p, SECOND + PAGE_SIZE), -BH_ENOENT);
	pool_give(&p, page[4]);
	assert_int_equal(pool_reserve(&p, 1), 0);
	assert_int_equal(pool_reclaim(&p, SECOND), -BH_EBUSY); /* the reservation needs it */
	pool_unreserve(&p, 1);
	assert_true(pool_has_chunk(&p, SECOND));
	assert_int_equal(pool_reclaim(&p, SECOND), 0);
	assert_false(pool_has_chunk(&p, SECOND));
	assert_counts(4, 4, 0);
	pool_give(&p, page[1]);
	assert_int_equal(pool_reserve(&p, 1), 0);
	assert_int_equal(pool_take(&p).v, page[1].v);
}

/* [LIFE-002] no more chunks than there are slots, and an order of reclaim that shifts them */
static void chunks(void **state)
{
	(void)state;
	for (u32 i = 0; i < POOL_MAX_CHUNKS; i++)
		donate(BASE + i * 0x10000, 1);
	assert_int_equal(pool_donate(&p, range_make(SECOND, PAGE_SIZE)), -BH_ENOSPC);
	assert_int_equal(pool_donate(&p, range_make(SECOND, 0)), -BH_EINVAL);
	assert_int_equal(pool_donate(&p, range_make(SECOND + 1, PAGE_SIZE)), -BH_EINVAL);
	for (u32 i = 0; i < POOL_MAX_CHUNKS; i += 2)
		assert_int_equal(pool_reclaim(&p, BASE + i * 0x10000), 0);
	for (u32 i = 1; i < POOL_MAX_CHUNKS; i += 2)
		assert_true(pool_has_chunk(&p, BASE + i * 0x10000));
	assert_counts(POOL_MAX_CHUNKS / 2, 0, 0);
}

static u64 given;

static void call_take(void *argument)
{
	(void)argument;
	(void)pool_take(&p);
}

static void call_give(void *argument)
{
	(void)argument;
	pool_give(&p, (struct pa){ given });
}

/* [CORE-001] a broken count or a foreign page is a broken hypervisor: panic, not a wrong page; of the log only that is on the UART */
static void broken_counts(void **state)
{
	static struct console_ring ring;

	(void)state;
	console_init(&ring);
	console_uart(BLOB_UART_PL011, 0, 0);
	log_line("nothing broken");
	assert_false(fake_logged("nothing"));
	assert_true(ring.total > 0);
	donate(BASE, 2);
	assert_int_equal(fake_on_cpu(0, call_take, NULL), END_WAITS);
	assert_true(fake_logged("p->reserved > 0"));
	given = SECOND;
	assert_int_equal(fake_on_cpu(0, call_give, NULL), END_WAITS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reservations, setup),  cmocka_unit_test_setup(distinct, setup),
		cmocka_unit_test_setup(reclaim, setup),       cmocka_unit_test_setup(chunks, setup),
		cmocka_unit_test_setup(broken_counts, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
