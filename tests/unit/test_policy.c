/* SPDX-License-Identifier: GPL-2.0-only */
/* cellctl's restart policy and watchdog: state and sight in, action out. */
#include "unit.h"

#include "policy.c"

#define SECOND 1000000000ull
#define MS 1000000ull
#define T0 (1000 * SECOND)

static struct policy policy;
static struct policy_tries tries;
static struct policy_watch watch;
static struct policy_sight sight;

static int setup(void **state)
{
	(void)state;
	policy = (struct policy){ .restart = BLOB_RESTART_ON_FAULT, .limit = 3 };
	tries = (struct policy_tries){ 0 };
	watch = (struct policy_watch){ 0 };
	sight = (struct policy_sight){ .now = T0, .state = CELL_FAILED, .cause = FAULT_READ };
	return 0;
}

static enum policy_action decide(u64 after)
{
	sight.now += after;
	return policy_decide(&policy, &tries, &watch, &sight);
}

/* [LIFE-279] restart-limit restarts, then none until somebody starts the cell by hand, whatever time goes by */
static void limit(void **state)
{
	(void)state;
	for (u32 i = 1; i <= 3; i++) {
		assert_int_equal(decide(SECOND), POLICY_RESTART);
		assert_int_equal(tries.count, i);
	}
	assert_int_equal(decide(SECOND), POLICY_GIVE_UP);
	assert_true(tries.given_up);
	assert_int_equal(decide(SECOND), POLICY_NOTHING);
	assert_int_equal(decide(1000 * SECOND), POLICY_NOTHING);
	tries = (struct policy_tries){ 0 };
	assert_int_equal(decide(0), POLICY_RESTART);
	policy.limit = 0;
	tries = (struct policy_tries){ 0 };
	assert_int_equal(decide(0), POLICY_GIVE_UP);
}

/* [LIFE-279] the limit is for 60 seconds from the first restart on */
static void window(void **state)
{
	(void)state;
	sight.now = 5 * SECOND; /* soon after boot */
	assert_int_equal(decide(0), POLICY_RESTART);
	assert_int_equal(decide(30 * SECOND), POLICY_RESTART);
	assert_int_equal(decide(29 * SECOND), POLICY_RESTART);
	assert_int_equal(decide(SECOND), POLICY_RESTART);
	assert_int_equal(tries.count, 1);
	assert_int_equal(decide(59 * SECOND), POLICY_RESTART);
	assert_int_equal(decide(0), POLICY_RESTART);
	assert_int_equal(decide(0), POLICY_GIVE_UP);
}

/* [LIFE-278] which end is started again by which policy */
static void ends(void **state)
{
	static const struct {
		u32 state, cause;
		bool asked, agreed;
		bool on_fault, always;
	} rows[] = {
		{ CELL_FAILED, FAULT_READ, false, false, true, true },      { CELL_FAILED, FAULT_WATCHDOG, false, false, true, true },
		{ CELL_FAILED, FAULT_READ, true, true, true, true },        { CELL_STOPPED, FAULT_RESET, false, false, false, true },
		{ CELL_STOPPED, FAULT_RESET, true, false, false, true },    { CELL_STOPPED, FAULT_RESET, true, true, false, false },
		{ CELL_STOPPED, FAULT_OFF, false, false, false, true },     { CELL_STOPPED, FAULT_OFF, true, false, false, false },
		{ CELL_STOPPED, FAULT_OFF, true, true, false, false },      { CELL_STOPPED, FAULT_NONE, false, false, false, false },
		{ CELL_CREATED, FAULT_NONE, false, false, false, false },   { CELL_LOADED, FAULT_NONE, false, false, false, false },
		{ CELL_RUNNING, FAULT_NONE, false, false, false, false },   { CELL_SUSPENDED, FAULT_NONE, false, false, false, false },
		{ CELL_DESTROYED, FAULT_NONE, false, false, false, false },
	};

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		for (u32 p = BLOB_RESTART_NEVER; p <= BLOB_RESTART_ALWAYS; p++) {
			bool want = p == BLOB_RESTART_ON_FAULT ? rows[i].on_fault : p == BLOB_RESTART_ALWAYS && rows[i].always;

			setup(state);
			policy.restart = p;
			sight.state = rows[i].state;
			sight.cause = rows[i].cause;
			sight.asked = rows[i].asked;
			sight.agreed = rows[i].agreed;
			if (decide(0) != (want ? POLICY_RESTART : POLICY_NOTHING))
				fail_msg("row %u, policy %u", i, p);
		}
}

/* [LIFE-280] a monitor that was killed between load and start leaves a cell that the next one starts */
static void killed_between(void **state)
{
	(void)state;
	assert_int_equal(decide(0), POLICY_RESTART);
	assert_true(tries.pending);
	sight.state = CELL_LOADED;
	assert_int_equal(decide(SECOND), POLICY_RESTART);
	assert_int_equal(tries.count, 2);
	sight.state = CELL_RUNNING;
	assert_int_equal(decide(SECOND), POLICY_DONE);
	assert_int_equal(decide(SECOND), POLICY_NOTHING);
	sight.state = CELL_LOADED; /* this time by hand */
	assert_int_equal(decide(SECOND), POLICY_NOTHING);
}

/* [LIFE-281] a heartbeat that moves in time is never taken for hung, one that stands still is after watchdog-ms */
static void heartbeat(void **state)
{
	(void)state;
	policy.watchdog_ms = 100;
	sight.state = CELL_RUNNING;
	assert_int_equal(decide(0), POLICY_NOTHING);
	assert_true(watch.armed);
	assert_int_equal(watch.deadline, T0 + 100 * MS);
	for (u32 i = 0; i < 50; i++) {
		sight.heartbeat++;
		assert_int_equal(decide(100 * MS), POLICY_NOTHING);
		assert_int_equal(watch.deadline, sight.now + 100 * MS);
	}
	assert_int_equal(decide(100 * MS - 1), POLICY_NOTHING);
	assert_int_equal(decide(1), POLICY_HUNG);
	sight.heartbeat = 0; /* backwards is a move as well: started again */
	assert_int_equal(decide(0), POLICY_NOTHING);
	policy.watchdog_ms = 0;
	assert_int_equal(decide(1000 * SECOND), POLICY_NOTHING);
}

/* [LIFE-282] a suspended cell is not hung, and has the whole time again when it goes on */
static void suspended(void **state)
{
	(void)state;
	policy.watchdog_ms = 100;
	sight.state = CELL_RUNNING;
	assert_int_equal(decide(0), POLICY_NOTHING);
	sight.state = CELL_SUSPENDED;
	assert_int_equal(decide(1000 * MS), POLICY_NOTHING);
	assert_false(watch.armed);
	sight.state = CELL_RUNNING;
	assert_int_equal(decide(1000 * MS), POLICY_NOTHING);
	assert_int_equal(decide(100 * MS - 1), POLICY_NOTHING);
	sight.began = true; /* suspended and resumed between two looks */
	assert_int_equal(decide(50 * MS), POLICY_NOTHING);
	sight.began = false;
	assert_int_equal(decide(100 * MS - 1), POLICY_NOTHING);
	assert_int_equal(decide(1), POLICY_HUNG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(limit, setup),     cmocka_unit_test_setup(window, setup),
		cmocka_unit_test_setup(ends, setup),      cmocka_unit_test_setup(killed_between, setup),
		cmocka_unit_test_setup(heartbeat, setup), cmocka_unit_test_setup(suspended, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
