/* SPDX-License-Identifier: GPL-2.0-only */
/* What the root does to a living cell: suspend and resume, shutdown; what lock and critical keep it from. */
#include "unit.h"

#include "fake/world.h"
#include "sound.h"

static struct cell_parts parts;
static struct world_cell w;

static int setup(void **state)
{
	(void)state;
	assert_int_equal(world_boot(4), 0);
	parts_cell(&parts, BULKHEAD_ARCH_FAKE, "plc");
	parts.cpu_count = 2;
	parts.cpu[1].cpu = BLOB_CPU_ANY;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_sound();
	return 0;
}

static void run_cell(void)
{
	assert_int_equal(world_create(&w, &parts), 0);
	assert_int_equal(world_load(&w, 0, 0x1000), 0);
	assert_int_equal(world_start(&w), 0);
}

static struct {
	u32 state, cpu[2];
	s64 again, resumed;
	bool tables;
} seen;

/* What the root's CPU does while a suspended one waits. */
static void look_and_resume(void)
{
	seen.again = world_call(0, HC_CELL_SUSPEND, w.id, 0, 0, 0);
	seen.state = cells[w.id].state;
	seen.tables = cells[w.id].arch.stage2_on;
	for (u32 i = 0; i < 2; i++)
		seen.cpu[i] = cpu_slots[w.needs.cpus[i]].state;
	seen.resumed = world_call(0, HC_CELL_RESUME, w.id, 0, 0, 0);
}

/* [LIFE-261] a suspended CPU waits where it was, without tables, and goes on there; its cell's interrupts stay as they are */
static void suspend_and_resume(void **state)
{
	(void)state;
	parts.irq[0].irq = 40;
	parts.irq_count = 1;
	run_cell();
	u32 first = w.needs.cpus[0], moves;

	moves = fake.irq_moves;
	assert_int_equal(world_call(0, HC_CELL_SUSPEND, w.id, 0, 0, 0), -BH_EAGAIN); /* the first still runs */
	assert_false(cells[w.id].arch.stage2_on);
	assert_int_equal(world_call(0, HC_CELL_RESUME, w.id, 0, 0, 0), -BH_EAGAIN);
	fake.meanwhile = look_and_resume;
	assert_int_equal(world_kicked(first), END_RUNS);
	assert_true(world_waited);
	assert_int_equal(seen.again, 0);
	assert_int_equal(seen.state, CELL_SUSPENDED);
	assert_false(seen.tables);
	assert_int_equal(seen.cpu[0], CPU_SUSPENDED);
	assert_int_equal(seen.cpu[1], CPU_PARKED); /* its guest had not started it */
	assert_int_equal(seen.resumed, 0);
	assert_int_equal(cpu_slots[first].state, CPU_GUEST);
	assert_int_equal(cpu_slots[first].request, 0);
	assert_int_equal(fake.cpu[first].entry, 0x40000000); /* it was not started again */
	assert_true(cells[w.id].arch.stage2_on);
	assert_int_equal(fake.irq_moves, moves);
	assert_int_equal(world_kicked(first), END_RUNS);
	assert_false(world_waited);
	assert_int_equal(world_destroy(&w), 0);
}

/* [LIFE-262] a CPU its guest switches on meanwhile starts after the resume, not before; stop of a suspended cell parks all */
static void suspended_power_on(void **state)
{
	(void)state;
	run_cell();
	u32 first = w.needs.cpus[0], second = w.needs.cpus[1];

	assert_int_equal(cpu_power_on(&cells[w.id], 1, 0x40000100, 5), 0);
	assert_int_equal(world_suspend(&w), 0);
	assert_int_equal(world_wake(second), END_WAITS);
	assert_int_equal(cpu_slots[second].power, POWER_ON_PENDING);
	assert_int_equal(world_resume(&w), 0);
	assert_int_equal(fake.cpu[first].end, END_RUNS);
	assert_int_equal(fake.cpu[second].end, END_RUNS);
	assert_int_equal(fake.cpu[second].entry, 0x40000100);
	assert_int_equal(world_suspend(&w), 0);
	assert_int_equal(cpu_slots[second].state, CPU_SUSPENDED);
	assert_int_equal(world_call(0, HC_CELL_STOP, w.id, 0, 0, 0), -BH_EAGAIN); /* they have to leave first */
	assert_int_equal(world_kicked(first), END_WAITS);
	assert_int_equal(world_kicked(second), END_WAITS);
	assert_int_equal(cpu_slots[second].state, CPU_PARKED);
	assert_int_equal(world_stop(&w), 0);
	assert_int_equal(world_start(&w), 0); /* and no request is left over */
	assert_int_equal(fake.cpu[first].end, END_RUNS);
	assert_int_equal(world_suspend(&w), 0);
	assert_int_equal(world_destroy(&w), 0);
}

/* [LIFE-263] a CPU that ignores the kick of suspend is lost, and the cell cannot go on; destroy still ends it */
static void suspend_lost(void **state)
{
	(void)state;
	parts.cpu_count = 1;
	run_cell();
	assert_int_equal(world_call(0, HC_CELL_SUSPEND, w.id, 0, 0, 0), -BH_EAGAIN);
	fake.now += 10 * arch_facts.counter_hz;
	assert_int_equal(world_call(0, HC_CELL_SUSPEND, w.id, 0, 0, 0), 0);
	assert_int_equal(cpu_slots[w.needs.cpus[0]].state, CPU_LOST);
	assert_int_equal(world_call(0, HC_CELL_RESUME, w.id, 0, 0, 0), -BH_EBUSY);
	assert_int_equal(world_kicked(w.needs.cpus[0]), END_WAITS); /* late: it never runs a guest again */
	assert_int_equal(cpu_slots[w.needs.cpus[0]].state, CPU_LOST);
	assert_int_equal(world_repeat(HC_CELL_DESTROY, w.id, 0, 0, 0, 100000), 0);
	world_release(&w);
}

static struct comm_page *comm_page(void)
{
	return fake_memory(cells[w.id].pool_base + PAGE_SIZE);
}

/* [LIFE-271] each request has a number of its own; what was asked of one guest is not asked of the next */
static void shutdown_words(void **state)
{
	(void)state;
	run_cell();
	assert_int_equal(comm_page()->request, 0);
	u32 first = (u32)world_call(0, HC_CELL_SHUTDOWN, w.id, 0, 0, 0);

	assert_int_equal(COMM_WHAT(first), COMM_SHUTDOWN);
	assert_int_equal(comm_page()->request, first);
	assert_int_equal(cells[w.id].state, CELL_RUNNING);
	comm_page()->request = 0x12345600; /* the guest's own doing is not what the next number comes from */
	u32 second = (u32)world_call(0, HC_CELL_SHUTDOWN, w.id, 0, 0, 0);

	assert_int_equal(COMM_NUMBER(second), COMM_NUMBER(first) + 1);
	assert_int_equal(comm_page()->request, second);
	assert_int_equal(world_stop(&w), 0);
	assert_int_equal(world_call(0, HC_CELL_SHUTDOWN, w.id, 0, 0, 0), -BH_EINVAL);
	assert_int_equal(world_start(&w), 0);
	assert_int_equal(COMM_WHAT(comm_page()->request), COMM_NOTHING);
	assert_true((u32)world_call(0, HC_CELL_SHUTDOWN, w.id, 0, 0, 0) > second);
	assert_int_equal(world_destroy(&w), 0);
}

/* [LIFE-272] once locked nothing changes its owner, and all else goes on */
static void locked(void **state)
{
	static const u8 owner[CELL_VERB_COUNT] = { CELL_VERBS(CELL_VERB_OWNER) };
	struct system_info *info = fake_memory(WORLD_REPLY);
	struct world_cell other;

	(void)state;
	run_cell();
	parts_cell(&parts, BULKHEAD_ARCH_FAKE, "other");
	assert_int_equal(world_plan(&other, &parts), 0);
	world_release(&other);
	assert_int_equal(world_call(0, HC_LOCK, 0, 0, 0, 0), 0);
	assert_int_equal(world_call(0, HC_SYSTEM_INFO, WORLD_REPLY, sizeof(*info), 0, 0), 0);
	assert_int_equal(info->flags, SYSTEM_LOCKED);
	assert_true(owner[VERB_CREATE] && owner[VERB_DESTROY]);
	assert_int_equal(world_plan(&other, &parts), -BH_EPERM);
	assert_int_equal(world_create(&other, &parts), -BH_EPERM);
	assert_int_equal(world_call(0, HC_CELL_DESTROY, w.id, HC_FORCE, 0, 0), -BH_EPERM);
	assert_int_equal(world_state(w.id), CELL_RUNNING);
	assert_int_equal(world_suspend(&w), 0);
	assert_int_equal(world_resume(&w), 0);
	assert_int_equal(world_stop(&w), 0);
	assert_int_equal(world_call(0, HC_CELL_DESTROY, w.id, HC_FORCE, 0, 0), -BH_EPERM);
	assert_int_equal(world_load(&w, 0, 0x1000), 0);
	assert_int_equal(world_start(&w), 0);
	assert_int_equal(world_disable(), -BH_EPERM);
	assert_int_equal(world_call(0, HC_POOL_RECLAIM, 0, 0, 0, 0), -BH_EPERM);
}

/* [LIFE-273] what would hold up a critical cell that runs needs force, whoever asks; once locked nothing does */
static void critical(void **state)
{
	static const u32 calls[] = { HC_CELL_SUSPEND, HC_CELL_STOP, HC_CELL_DESTROY };

	(void)state;
	parts.config.flags |= BLOB_CELL_CRITICAL;
	run_cell();
	for (u32 i = 0; i < ARRAY_SIZE(calls); i++)
		assert_int_equal(world_call(0, calls[i], w.id, 0, 0, 0), -BH_EPERM);
	assert_int_equal(world_call(0, HC_CELL_STOP, w.id, HC_WATCHDOG, 0, 0), -BH_EPERM);
	assert_int_equal(world_state(w.id), CELL_RUNNING);
	assert_true(cells[w.id].arch.stage2_on);
	assert_int_equal(world_call(0, HC_CELL_SUSPEND, w.id, HC_FORCE, 0, 0), -BH_EAGAIN);
	(void)world_kicked(w.needs.cpus[0]);
	assert_int_equal(world_repeat(HC_CELL_SUSPEND, w.id, HC_FORCE, 0, 0, 10), 0);
	assert_int_equal(world_call(0, HC_CELL_STOP, w.id, 0, 0, 0), -BH_EPERM);
	assert_int_equal(world_resume(&w), 0);
	assert_int_equal(world_call(0, HC_LOCK, 0, 0, 0, 0), 0);
	for (u32 i = 0; i < ARRAY_SIZE(calls); i++)
		assert_int_equal(world_call(0, calls[i], w.id, HC_FORCE, 0, 0), -BH_EPERM);
	assert_int_equal(world_state(w.id), CELL_RUNNING);
}

static bool machine_held(void)
{
	const struct system_info *info = fake_memory(WORLD_REPLY);

	assert_int_equal(world_call(0, HC_SYSTEM_INFO, WORLD_REPLY, sizeof(*info), 0, 0), 0);
	assert_int_equal(cell_refuses_reset(), (info->flags & SYSTEM_CRITICAL) != 0);
	return info->flags & SYSTEM_CRITICAL;
}

/* [ROOT-320] the root's doors to reset and power are shut while a critical cell runs or is suspended, and only then */
static void critical_holds_machine(void **state)
{
	(void)state;
	run_cell();
	assert_false(machine_held());
	assert_int_equal(world_destroy(&w), 0);
	parts.config.flags |= BLOB_CELL_CRITICAL;
	run_cell();
	assert_true(machine_held());
	assert_int_equal(world_call(0, HC_CELL_SUSPEND, w.id, HC_FORCE, 0, 0), -BH_EAGAIN);
	(void)world_kicked(w.needs.cpus[0]);
	assert_int_equal(world_repeat(HC_CELL_SUSPEND, w.id, HC_FORCE, 0, 0, 10), 0);
	assert_true(machine_held());
	(void)world_call(0, HC_CELL_STOP, w.id, HC_FORCE, 0, 0);
	assert_int_equal(world_state(w.id), CELL_STOPPED);
	assert_false(machine_held());
	assert_int_equal(world_destroy(&w), 0);
	assert_false(machine_held());
}

/* [LIFE-276] a cell that the watchdog stops has failed, and its record says why */
static void watchdog(void **state)
{
	(void)state;
	run_cell();
	assert_int_equal(world_call(0, HC_CELL_STOP, w.id, HC_WATCHDOG, 0, 0), -BH_EAGAIN);
	assert_int_equal(world_kicked(w.needs.cpus[0]), END_WAITS);
	assert_int_equal(world_repeat(HC_CELL_STOP, w.id, HC_WATCHDOG, 0, 0, 10), 0);
	assert_int_equal(world_state(w.id), CELL_FAILED);
	assert_int_equal(cells[w.id].fault.cause, FAULT_WATCHDOG);
	assert_string_equal(cells[w.id].fault.cell, "plc");
	assert_int_equal(world_load(&w, 0, 0x1000), 0);
	assert_int_equal(world_start(&w), 0);
	assert_int_equal(cells[w.id].fault.cause, FAULT_NONE);
	assert_int_equal(world_destroy(&w), 0);
}

/* [LIFE-277] only what runs can hang: a cell that is suspended, stopped or loaded is left alone */
static void watchdog_runs_only(void **state)
{
	(void)state;
	run_cell();
	assert_int_equal(world_suspend(&w), 0);
	assert_int_equal(world_call(0, HC_CELL_STOP, w.id, HC_WATCHDOG, 0, 0), -BH_EINVAL);
	assert_int_equal(world_state(w.id), CELL_SUSPENDED);
	assert_int_equal(cells[w.id].fault.cause, FAULT_NONE);
	assert_int_equal(world_stop(&w), 0);
	assert_int_equal(world_call(0, HC_CELL_STOP, w.id, HC_WATCHDOG, 0, 0), -BH_EINVAL);
	assert_int_equal(world_state(w.id), CELL_STOPPED);
	assert_int_equal(world_destroy(&w), 0);
}

static void call_halt(void *argument)
{
	cell_halt(argument, FAULT_RESET);
}

/* [LIFE-278] the record says of a guest that ended by itself whether it wants to go on; a new start forgets it */
static void ends_are_told_apart(void **state)
{
	(void)state;
	run_cell();
	u32 first = w.needs.cpus[0];

	assert_int_equal(fake_on_cpu(first, call_halt, fake.cpu[first].cpu), END_WAITS);
	assert_int_equal(world_state(w.id), CELL_STOPPED);
	assert_int_equal(cells[w.id].fault.cause, FAULT_RESET);
	assert_int_equal(world_start(&w), 0);
	assert_int_equal(cells[w.id].fault.cause, FAULT_NONE);
	assert_int_equal(world_stop(&w), 0);
	assert_int_equal(cells[w.id].fault.cause, FAULT_NONE);
	assert_int_equal(world_destroy(&w), 0);
}

int main(void)
{
#define CONTROL(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		CONTROL(suspend_and_resume),
		CONTROL(suspended_power_on),
		CONTROL(suspend_lost),
		CONTROL(shutdown_words),
		CONTROL(locked),
		CONTROL(critical),
		CONTROL(critical_holds_machine),
		CONTROL(watchdog),
		CONTROL(watchdog_runs_only),
		CONTROL(ends_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
