/* SPDX-License-Identifier: GPL-2.0-only */
/* ledger.c against a model: one owner per unit. */
#include "unit.h"

#include <bulkhead/ledger.h>

#define UNITS 256
#define CAPACITY 48

static struct ledger_entry storage[CAPACITY];
static struct ledger l;
static u32 seed = 1;

static u32 random_below(u32 n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % n;
}

static int add(u16 owner, u8 kind, u64 start, u64 size)
{
	return ledger_add(&l, &(struct ledger_entry){ .owner = owner, .kind = kind, .start = start, .size = size });
}

static void setup_empty(void)
{
	memset(storage, 0xee, sizeof(storage));
	ledger_init(&l, storage, CAPACITY);
}

/* [ISO-101] what has an owner cannot get another one; kinds do not mix */
static void one_owner(void **state)
{
	u16 who = 0;

	(void)state;
	setup_empty();
	assert_int_equal(add(1, LEDGER_MEMORY, 0x1000, 0x2000), 0);
	assert_int_equal(add(2, LEDGER_MEMORY, 0x2fff, 1), -BH_EBUSY);
	assert_int_equal(add(2, LEDGER_MEMORY, 0x0, 0x1001), -BH_EBUSY);
	assert_int_equal(add(2, LEDGER_MEMORY, 0x0, 0x10000), -BH_EBUSY);
	assert_int_equal(add(2, LEDGER_MEMORY, 0x3000, 0x1000), 0);
	assert_int_equal(add(2, LEDGER_IRQ, 0x1000, 1), 0);
	assert_int_equal(add(2, LEDGER_MEMORY, 5, 0), -BH_EINVAL);
	assert_int_equal(add(2, LEDGER_MEMORY, ~0ull, 2), -BH_EINVAL);
	assert_int_equal(add(OWNER_ROOT, LEDGER_MEMORY, 0x8000, 1), -BH_EINVAL);
	assert_int_equal(add(3, LEDGER_MEMORY, ~0ull, 1), 0);
	assert_int_equal(ledger_owner(&l, LEDGER_MEMORY, ~0ull), 3);
	assert_int_equal(ledger_owner(&l, LEDGER_MEMORY, 0x2fff), 1);
	assert_int_equal(ledger_owner(&l, LEDGER_MEMORY, 0x4000), OWNER_ROOT);
	assert_int_equal(ledger_owner(&l, LEDGER_CPU, 0x1000), OWNER_ROOT);
	assert_int_equal(ledger_check_free(&l, LEDGER_MEMORY, range_make(0, ~0ull), &who), -BH_EBUSY);
	assert_int_equal(who, 1);
	assert_int_equal(ledger_check_free(&l, LEDGER_MEMORY, range_make(0, 0x1000), NULL), 0);
	assert_true(ledger_invariant(&l));
}

/* [ISO-101] the root owns a range if it owns every byte of it */
static void owns(void **state)
{
	(void)state;
	setup_empty();
	assert_int_equal(add(1, LEDGER_MEMORY, 0x1000, 0x1000), 0);
	assert_int_equal(add(1, LEDGER_MEMORY, 0x2000, 0x1000), 0);
	assert_int_equal(add(1, LEDGER_MEMORY, 0x4000, 0x1000), 0);
	assert_true(ledger_root_owns(&l, LEDGER_MEMORY, range_make(0x3000, 0x1000)));
	assert_false(ledger_root_owns(&l, LEDGER_MEMORY, range_make(0x3000, 0x1001)));
	assert_false(ledger_root_owns(&l, LEDGER_MEMORY, range_make(0xfff, 2)));
	assert_false(ledger_root_owns(&l, LEDGER_MEMORY, range_make(0x1000, 1)));
	assert_false(ledger_root_owns(&l, LEDGER_MEMORY, range_make(0x3000, 0)));
	assert_true(ledger_root_owns(&l, LEDGER_IRQ, range_make(0x1000, 1)));
	assert_true(ledger_root_owns(&l, LEDGER_MEMORY, range_make(0x5000, 0 - 0x5000ull)));
}

/* [ISO-102] a full ledger refuses and stays as it was */
static void full(void **state)
{
	(void)state;
	setup_empty();
	for (u32 i = 0; i < CAPACITY; i++) {
		assert_true(ledger_has_room(&l, CAPACITY - i));
		assert_int_equal(add(1, LEDGER_IRQ, 100 - 2 * i, 1), 0);
	}
	assert_false(ledger_has_room(&l, 1));
	assert_int_equal(add(1, LEDGER_IRQ, 1000, 1), -BH_ENOSPC);
	assert_int_equal(add(1, LEDGER_IRQ, 100, 1), -BH_EBUSY);
	assert_int_equal(l.count, CAPACITY);
	assert_true(ledger_invariant(&l));
}

static u16 model[4][UNITS];

static bool model_is(u8 kind, u32 start, u32 size, u16 owner)
{
	for (u32 i = start; i < start + size; i++)
		if (model[kind][i] != owner)
			return false;
	return true;
}

static void model_compare(void)
{
	for (u8 kind = 1; kind <= 3; kind++)
		for (u32 i = 0; i < UNITS; i++)
			assert_int_equal(ledger_owner(&l, kind, i), model[kind][i]);
	assert_true(ledger_invariant(&l));
}

static void release_one(void)
{
	u32 at = 0;
	u16 owner = (u16)(1 + random_below(4));
	struct ledger_entry *e = ledger_next(&l, owner, &at);

	for (u32 skip = random_below(3); e != NULL && skip > 0; skip--) {
		struct ledger_entry *next = ledger_next(&l, owner, &at);

		e = next != NULL ? next : e;
	}
	if (e == NULL)
		return;
	for (u64 i = e->start; i < e->start + e->size; i++)
		model[e->kind][i] = OWNER_ROOT;
	ledger_remove(&l, e);
}

/* [ISO-101] 20,000 random changes: the ledger and the model agree about everything */
static void random_changes(void **state)
{
	(void)state;
	setup_empty();
	memset(model, 0, sizeof(model));
	for (u32 round = 0; round < 20000; round++) {
		u8 kind = (u8)(1 + random_below(3));
		u32 start = random_below(UNITS - 16);
		u32 size = 1 + random_below(16);
		u16 owner = (u16)(1 + random_below(4));
		bool is_free = model_is(kind, start, size, OWNER_ROOT);

		if (random_below(2) != 0) {
			release_one();
			continue;
		}
		assert_int_equal(ledger_check_free(&l, kind, range_make(start, size), NULL), is_free ? 0 : -BH_EBUSY);
		assert_int_equal(ledger_root_owns(&l, kind, range_make(start, size)), is_free);
		int result = add(owner, kind, start, size);

		assert_int_equal(result, !is_free ? -BH_EBUSY : l.count == CAPACITY && result != 0 ? -BH_ENOSPC : 0);
		for (u32 i = start; result == 0 && i < start + size; i++)
			model[kind][i] = owner;
		if (round % 100 == 0)
			model_compare();
	}
	model_compare();
}

/* [ISO-101] the invariant sees what must not be */
static void invariant(void **state)
{
	(void)state;
	setup_empty();
	assert_int_equal(add(1, LEDGER_MEMORY, 0x1000, 0x1000), 0);
	assert_int_equal(add(1, LEDGER_MEMORY, 0x3000, 0x1000), 0);
	storage[1].start = 0x1800;
	assert_false(ledger_invariant(&l));
	storage[1].start = 0x800;
	assert_false(ledger_invariant(&l));
	storage[1].start = 0x3000;
	storage[1].size = 0;
	assert_false(ledger_invariant(&l));
	storage[1].size = 1;
	storage[1].owner = OWNER_ROOT;
	assert_false(ledger_invariant(&l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_owner),      cmocka_unit_test(owns),      cmocka_unit_test(full),
		cmocka_unit_test(random_changes), cmocka_unit_test(invariant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
