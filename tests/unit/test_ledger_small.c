/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ledger.c for every ledger of up to three entries over few addresses, two kinds and two owners: what adding, removing and asking says
 * of each address, compared with a table of owners. Entries are only ever compared with each other, so few addresses have every order.
 */
#include "unit.h"

#include <bulkhead/ledger.h>

#define ADDRESSES 7
#define KINDS 2
#define OWNERS 2
#define ENTRIES 3

static struct ledger_entry every[ADDRESSES * ADDRESSES * KINDS * OWNERS];
static u32 every_count;

static struct ledger_entry storage[ENTRIES];
static struct ledger l;
static u16 owner_of[KINDS + 1][ADDRESSES];
static u64 tried;

static void paint(const struct ledger_entry *e, u16 owner)
{
	for (u64 at = e->start; at < e->start + e->size; at++)
		owner_of[e->kind][at] = owner;
}

static bool is_free(const struct ledger_entry *e, u16 *who)
{
	for (u64 at = e->start; at < e->start + e->size; at++) {
		*who = owner_of[e->kind][at];
		if (*who != OWNER_ROOT)
			return false;
	}
	return true;
}

static void compare(void)
{
	assert_true(ledger_invariant(&l));
	for (u8 kind = 1; kind <= KINDS; kind++)
		for (u64 at = 0; at < ADDRESSES; at++)
			assert_int_equal(ledger_owner(&l, (enum ledger_kind)kind, at), owner_of[kind][at]);
	tried++;
}

static void add_all(u32 depth);

/* Adds one that fits or not; if it does, goes on from there, takes it out again, and all must be as before. */
static void add_one(const struct ledger_entry *e, u32 depth)
{
	u16 who = OWNER_ROOT, said = OWNER_ROOT;
	bool is = is_free(e, &who);
	int free = ledger_check_free(&l, (enum ledger_kind)e->kind, range_make(e->start, e->size), &said);
	u32 position = 0, count = l.count;

	assert_int_equal(free, is ? 0 : -BH_EBUSY);
	assert_true(is || said == who);
	assert_int_equal(ledger_add(&l, e), !is ? -BH_EBUSY : count == ENTRIES ? -BH_ENOSPC : 0);
	if (l.count == count)
		return;
	paint(e, e->owner);
	compare();
	add_all(depth + 1);
	for (;;) {
		struct ledger_entry *mine = ledger_next(&l, e->owner, &position);

		assert_non_null(mine);
		if (mine->kind != e->kind || mine->start != e->start)
			continue;
		assert_int_equal(mine->size, e->size);
		ledger_remove(&l, mine);
		break;
	}
	paint(e, OWNER_ROOT);
	compare();
	assert_int_equal(l.count, count);
}

static void add_all(u32 depth)
{
	for (u32 i = 0; depth <= ENTRIES && i < every_count; i++)
		add_one(&every[i], depth);
}

/* [ISO-101] [ISO-102] in whatever order entries come and go, each address has the owner it was given, and a refusal changes nothing */
static void all_small(void **state)
{
	(void)state;
	for (u8 kind = 1; kind <= KINDS; kind++)
		for (u16 owner = 1; owner <= OWNERS; owner++)
			for (u64 start = 0; start < ADDRESSES; start++)
				for (u64 size = 1; start + size <= ADDRESSES; size++)
					every[every_count++] =
						(struct ledger_entry){ .start = start, .size = size, .owner = owner, .kind = kind };
	ledger_init(&l, storage, ENTRIES);
	compare();
	add_all(0);
	assert_int_equal(l.count, 0);
	assert_true(tried > 500000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
