/* SPDX-License-Identifier: GPL-2.0-only */
/* The judge of the memory order contract itself: the right order passes, and leaving out any one step is called by its name. */
#include "unit.h"

#include "fake/fake.h"

#define PAGE FAKE_RAM_BASE
#define TABLE (FAKE_RAM_BASE + 0x10000)
#define RW (PG_READ | PG_WRITE)

static void event(enum order_kind kind, u16 owner, u32 detail, u64 pa)
{
	order_event((struct order_event){ .kind = kind, .owner = owner, .detail = detail, .pa = pa, .size = PAGE_SIZE, .live = true });
}

/* The root has it, a cell gets it, the root gets it back; `without` names the step left out. */
enum step {
	S_MAP_ROOT,
	S_UNMAP,
	S_FLUSH,
	S_INVALIDATE,
	S_SCRUB,
	S_CLEAN,
	S_MAP_CELL,
	S_LOAD,
	S_CLEAN_LOAD,
	S_ON,
	S_OFF,
	S_BACK_INVALIDATE,
	S_BACK_SCRUB,
	S_BACK_CLEAN,
	S_BACK_MAP,
	STEPS
};

static void step(enum step s)
{
	switch (s) {
	case S_MAP_ROOT:
	case S_BACK_MAP: event(ORDER_MAP, 0, RW, PAGE); break;
	case S_UNMAP: event(ORDER_UNMAP, 0, 0, PAGE); break;
	case S_FLUSH: event(ORDER_FLUSH, 0, 0, 0); break;
	case S_INVALIDATE:
	case S_BACK_INVALIDATE: event(ORDER_CLEAN, 0, CLEAN_INVALIDATE, PAGE); break;
	case S_SCRUB:
	case S_BACK_SCRUB: event(ORDER_SCRUB, 0, 0, PAGE); break;
	case S_CLEAN:
	case S_BACK_CLEAN: event(ORDER_CLEAN, 0, CLEAN_TO_POC, PAGE); break;
	case S_MAP_CELL: event(ORDER_MAP, 1, RW, PAGE); break;
	case S_LOAD: event(ORDER_WRITE, 0, 0, PAGE); break;
	case S_CLEAN_LOAD: event(ORDER_CLEAN, 0, CLEAN_CODE, PAGE); break;
	case S_ON: event(ORDER_ON, 1, 0, 0); break;
	case S_OFF: event(ORDER_OFF, 1, 0, 0); break;
	default: break;
	}
}

static const char *play(int without)
{
	order_reset();
	order_quiet = true;
	for (int s = 0; s < STEPS; s++)
		if (s != without)
			step((enum step)s);
	return order_violation();
}

/* [HARN-001] no false alarm */
static void right_order(void **state)
{
	(void)state;
	assert_null(play(-1));
	assert_int_equal(order_count(ORDER_SCRUB), 2);
}

/* [HARN-001] each step of giving a page away and taking it back is missed */
static void each_step_missed(void **state)
{
	static const struct {
		enum step step;
		const char *rule;
	} missing[] = {
		{ S_UNMAP, "unmap-before-scrub" },    { S_FLUSH, "flush-before-scrub" },         { S_INVALIDATE, "scrub-before-map" },
		{ S_SCRUB, "scrub-before-map" },      { S_CLEAN, "clean-before-map" },           { S_CLEAN_LOAD, "clean-before-run" },
		{ S_OFF, "unmap-before-scrub" },      { S_BACK_INVALIDATE, "scrub-before-map" }, { S_BACK_SCRUB, "scrub-before-map" },
		{ S_BACK_CLEAN, "clean-before-map" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(missing); i++) {
		const char *rule = play((int)missing[i].step);

		if (rule == NULL || strcmp(rule, missing[i].rule) != 0)
			fail_msg("step %u left out: wanted '%s', got '%s'", missing[i].step, missing[i].rule,
				 rule != NULL ? rule : "nothing");
	}
}

/* [HARN-001] live entries: break before make, flush before make */
static void entries(void **state)
{
	(void)state;
	order_quiet = true;
	order_reset();
	event(ORDER_MAKE, 0, 1, PAGE); /* a valid entry was overwritten */
	assert_string_equal(order_violation(), "break-before-make");
	order_reset();
	event(ORDER_BREAK, 0, 0, PAGE + 8);
	event(ORDER_MAKE, 0, 0, PAGE + 8);
	assert_string_equal(order_violation(), "flush-before-make");
	order_reset();
	event(ORDER_BREAK, 0, 0, PAGE + 8);
	event(ORDER_FLUSH, 0, 0, 0);
	event(ORDER_MAKE, 0, 0, PAGE + 8);
	assert_null(order_violation());
}

/* [HARN-001] pages that become tables, and tables that become something else */
static void tables(void **state)
{
	(void)state;
	order_quiet = true;
	order_reset();
	event(ORDER_MAP, 0, RW, TABLE);
	event(ORDER_TABLE, 0, 1, TABLE);
	assert_string_equal(order_violation(), "table-reachable");
	order_reset();
	event(ORDER_TABLE, 0, 1, TABLE);
	event(ORDER_FREE, 0, 1, TABLE);
	event(ORDER_SCRUB, 0, 0, TABLE);
	assert_string_equal(order_violation(), "flush-before-table-reuse");
	order_reset();
	event(ORDER_CLAIM, 0, 0, TABLE);
	event(ORDER_MAP, 0, RW, TABLE);
	assert_string_equal(order_violation(), "map-of-claim");
	order_reset();
	event(ORDER_MAP, 0, RW, PAGE);
	event(ORDER_MAP, 1, RW, PAGE);
	assert_string_equal(order_violation(), "unmap-before-map");
	order_reset();
	event(ORDER_MAP, 0, RW, PAGE);
	event(ORDER_UNMAP, 0, 0, PAGE);
	event(ORDER_MAP, 1, RW, PAGE);
	assert_string_equal(order_violation(), "flush-before-map");
	order_reset();
	event(ORDER_MAP, 0, RW, PAGE);
	event(ORDER_UNMAP, 0, 0, PAGE);
	event(ORDER_TABLE, 0, 1, PAGE);
	assert_string_equal(order_violation(), "flush-before-table");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_order),
		cmocka_unit_test(each_step_missed),
		cmocka_unit_test(entries),
		cmocka_unit_test(tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
