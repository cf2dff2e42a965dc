/* SPDX-License-Identifier: GPL-2.0-only */
/* Who may call what in which state, and whose memory arguments may be in. */
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
	parts.memory[0].size = 0x80000;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_sound();
	return 0;
}

static u32 boot_cpu(void)
{
	return w.needs.cpus[0];
}

static void running_cell(void)
{
	assert_int_equal(world_create(&w, &parts), 0);
	assert_int_equal(world_load(&w, 0, 0x1000), 0);
	assert_int_equal(world_start(&w), 0);
	assert_int_equal(fake.cpu[boot_cpu()].end, END_RUNS);
}

/* --- callers ----------------------------------------------------------------------------------------------------------- */

enum { ROOT = 1, CELL = 2 };

static const u8 callers[HC_COUNT] = {
	[HC_VERSION] = ROOT | CELL,
	[HC_SYSTEM_INFO] = ROOT,
	[HC_DISABLE_PREPARE] = ROOT,
	[HC_CPU_EXIT] = ROOT,
	[HC_CELL_CHECK] = ROOT,
	[HC_CELL_CREATE] = ROOT,
	[HC_CELL_LOAD] = ROOT,
	[HC_CELL_START] = ROOT,
	[HC_CELL_STOP] = ROOT,
	[HC_CELL_DESTROY] = ROOT,
	[HC_CELL_INFO] = ROOT,
	[HC_CPU_INFO] = ROOT,
	[HC_WORK] = ROOT,
	[HC_POOL_RECLAIM] = ROOT,
	[HC_CONSOLE_WRITE] = CELL,
	[HC_NULL] = ROOT | CELL,
	[HC_ATTACH] = 0,
	[HC_CELL_SUSPEND] = ROOT,
	[HC_CELL_RESUME] = ROOT,
	[HC_CELL_SHUTDOWN] = ROOT,
	[HC_LOCK] = ROOT,
	[HC_NOTIFY] = ROOT,
	[HC_DOORBELL] = ROOT | CELL,
	[HC_WINDOW_INFO] = ROOT,
};

/* [ISO-019] a cell gets nothing but what any guest may have; reserved numbers are unknown to all */
static void caller_column(void **state)
{
	(void)state;
	running_cell();
	for (u32 n = 0; n < HC_COUNT; n++) {
		s64 from_cell = world_call(boot_cpu(), n, ~0ull, ~0ull, ~0ull, ~0ull);

		assert_int_equal(world_end, END_RETURNED);
		if (callers[n] == 0)
			assert_int_equal(from_cell, -BH_ENOSYS);
		else if ((callers[n] & CELL) == 0)
			assert_int_equal(from_cell, -BH_EPERM);
		else
			assert_int_not_equal(from_cell, -BH_EPERM);
		if (n == HC_DISABLE_PREPARE || n == HC_CPU_EXIT || n == HC_LOCK)
			continue; /* tested below: they are not without effect */
		s64 from_root = world_call(0, n, ~0ull, ~0ull, ~0ull, ~0ull);

		assert_int_equal(world_end, END_RETURNED);
		if (callers[n] == CELL)
			assert_int_equal(from_root, -BH_EPERM);
		else if (callers[n] != 0)
			assert_int_not_equal(from_root, -BH_EPERM);
	}
	assert_int_equal(world_state(w.id), CELL_RUNNING);
	assert_int_equal(world_call(0, HC_VERSION, 0, 0, 0, 0), BULKHEAD_ABI_VERSION);
	assert_int_equal(world_call(0, HC_NULL, 0, 0, 0, 0), 0);
	assert_int_equal(world_call(0, HC_CPU_EXIT, 0, 0, 0, 0), -BH_EBUSY);
	assert_int_equal(world_call(0, HC_DISABLE_PREPARE, 0, 0, 0, 0), -BH_EBUSY);
	assert_int_equal(world_destroy(&w), 0);
}

/* [LIFE-010] while another CPU changes ownership, a call asks to come again and changes nothing */
static void contention(void **state)
{
	(void)state;
	running_cell();
	struct mgmt m = mgmt_lock();

	for (u32 n = 0; n < HC_COUNT; n++)
		if (callers[n] == ROOT && n != HC_CPU_EXIT && n != HC_NOTIFY)
			assert_int_equal(world_call(0, n, w.id, 0, 0, 0), -BH_EAGAIN);
	assert_int_equal(world_call(0, HC_NULL, 0, 0, 0, 0), 0);
	mgmt_unlock(m);
	assert_int_equal(world_state(w.id), CELL_RUNNING);
	assert_int_equal(world_destroy(&w), 0);
}

/* --- verbs x states ---------------------------------------------------------------------------------------------------- */

static void call_fail(void *argument)
{
	struct fault_record record = { .cause = FAULT_WRITE, .pc = 0x40000040, .address = 0x12345678, .syndrome = 0x99, .regs = { 7, 8 } };

	cell_fail(argument, &record);
}

static void call_halt(void *argument)
{
	cell_halt(argument, FAULT_OFF);
}

static void cell_in(u32 wanted)
{
	assert_int_equal(world_create(&w, &parts), 0);
	if (wanted >= CELL_LOADED)
		assert_int_equal(world_load(&w, 0, 0x1000), 0);
	if (wanted >= CELL_RUNNING && wanted <= CELL_FAILED)
		assert_int_equal(world_start(&w), 0);
	if (wanted == CELL_SUSPENDED)
		assert_int_equal(world_suspend(&w), 0);
	if (wanted == CELL_STOPPED)
		assert_int_equal(world_stop(&w), 0);
	if (wanted == CELL_FAILED)
		assert_int_equal(fake_on_cpu(boot_cpu(), call_fail, fake.cpu[boot_cpu()].cpu), END_WAITS);
	if (wanted == CELL_DESTROYED)
		assert_int_equal(world_call(0, HC_CELL_DESTROY, w.id, 0, 0, 0), -BH_EAGAIN);
	assert_int_equal(world_state(w.id), wanted);
}

enum verb { LOAD, START, SUSPEND, RESUME, SHUTDOWN, STOP, HANG, FAIL, HALT, VERBS };

/* The new state; 0: -EINVAL, and the state stays. */
static const u8 outcome[VERBS][CELL_STATES] = {
	[LOAD] = { [CELL_CREATED] = CELL_LOADED, [CELL_LOADED] = CELL_LOADED, [CELL_STOPPED] = CELL_LOADED, [CELL_FAILED] = CELL_LOADED },
	[START] = { [CELL_LOADED] = CELL_RUNNING, [CELL_STOPPED] = CELL_RUNNING },
	[SUSPEND] = { [CELL_RUNNING] = CELL_SUSPENDED, [CELL_SUSPENDED] = CELL_SUSPENDED },
	[RESUME] = { [CELL_RUNNING] = CELL_RUNNING, [CELL_SUSPENDED] = CELL_RUNNING },
	[SHUTDOWN] = { [CELL_RUNNING] = CELL_RUNNING },
	[STOP] = { [CELL_RUNNING] = CELL_STOPPED,
		   [CELL_SUSPENDED] = CELL_STOPPED,
		   [CELL_STOPPED] = CELL_STOPPED,
		   [CELL_FAILED] = CELL_FAILED },
	[HANG] = { [CELL_RUNNING] = CELL_FAILED, [CELL_FAILED] = CELL_FAILED },
	[FAIL] = { [CELL_RUNNING] = CELL_FAILED, [CELL_SUSPENDED] = CELL_FAILED },
	[HALT] = { [CELL_RUNNING] = CELL_STOPPED, [CELL_SUSPENDED] = CELL_STOPPED },
};

static int apply(enum verb verb)
{
	switch (verb) {
	case LOAD: return world_load(&w, 0, 0x100);
	case START: return world_start(&w);
	case SUSPEND: return world_suspend(&w);
	case RESUME: return world_resume(&w);
	case SHUTDOWN: {
		s64 word = world_call(0, HC_CELL_SHUTDOWN, w.id, 0, 0, 0);

		return word > 0 ? 0 : (int)word;
	}
	case STOP: return world_stop(&w);
	case HANG: return world_hang(&w);
	default: /* a CPU that still was in a trap, suspended or not */
		if (!cpu_has_guest(&cpu_slots[boot_cpu()]))
			return -BH_EINVAL;
		cpu_slots[boot_cpu()].state = CPU_GUEST;
		(void)fake_on_cpu(boot_cpu(), verb == FAIL ? call_fail : call_halt, fake.cpu[boot_cpu()].cpu);
		return 0;
	}
}

/* [LIFE-011] [IRQ-340] every verb in every state: the table's new state, or refused without a change; the root is told of its ends */
static void verbs_and_states(void **state)
{
	static const u8 states[] = { CELL_CREATED, CELL_LOADED, CELL_RUNNING, CELL_SUSPENDED, CELL_STOPPED, CELL_FAILED, CELL_DESTROYED };

	(void)state;
	assert_int_equal(world_call(0, HC_NOTIFY, 77, 0, 0, 0), 0);
	assert_int_equal(fake.notified, 1); /* a trial */
	for (u32 s = 0; s < ARRAY_SIZE(states); s++)
		for (u32 v = 0; v < VERBS; v++) {
			u8 want = outcome[v][states[s]];

			cell_in(states[s]);
			u32 notified = fake.notified;
			int result = apply((enum verb)v);

			assert_int_equal(fake.notified - notified, want != 0 && (v == FAIL || v == HALT) ? 1 : 0);
			assert_int_equal(fake.notified_by, 77);

			if (result != (want != 0 ? 0 : -BH_EINVAL) || world_state(w.id) != (want != 0 ? want : states[s]))
				fail_msg("verb %u in state %u: %d, state now %u", v, states[s], result, world_state(w.id));
			assert_int_equal(world_destroy(&w), 0);
			assert_int_equal(world_state(w.id), CELL_FREE);
		}
	assert_int_equal(world_call(0, HC_CELL_STOP, 1, 0, 0, 0), -BH_ENOENT);
	assert_int_equal(world_call(0, HC_CELL_STOP, 0, 0, 0, 0), -BH_ENOENT); /* the root is not a cell */
	assert_int_equal(world_call(0, HC_CELL_DESTROY, 1000000, 0, 0, 0), -BH_ENOENT);
}

/* [LIFE-011] a destroyed cell that was asked again, and HC_WORK by somebody else, both end it */
static void destroy_again(void **state)
{
	(void)state;
	cell_in(CELL_DESTROYED);
	assert_int_equal(world_repeat(HC_WORK, 0, 0, 0, 0, 1000), 0);
	assert_int_equal(world_state(w.id), CELL_FREE);
	assert_int_equal(world_call(0, HC_CELL_DESTROY, w.id, 0, 0, 0), -BH_ENOENT);
	world_release(&w);
	assert_int_equal(world_online(boot_cpu()), END_RUNS);
	cell_in(CELL_DESTROYED);
	assert_int_equal(world_repeat(HC_CELL_DESTROY, w.id, 0, 0, 0, 1000), 0);
	assert_int_equal(world_state(w.id), CELL_FREE);
}

/* [UX-001] a faulting cell stops alone, with a record that says cause, place and address */
static void fault_record(void **state)
{
	struct world_cell other;
	struct cell_parts second;
	struct cell_info *info = fake_memory(WORLD_REPLY);

	(void)state;
	parts_cell(&second, BULKHEAD_ARCH_FAKE, "neighbour");
	assert_int_equal(world_create(&other, &second), 0);
	assert_int_equal(world_load(&other, 0, 8), 0);
	assert_int_equal(world_start(&other), 0);
	cell_in(CELL_FAILED);
	assert_false(cells[w.id].arch.stage2_on);
	assert_int_equal(world_call(0, HC_CELL_INFO, w.id, WORLD_REPLY, sizeof(*info), 0), 0);
	assert_int_equal(info->fault.size, sizeof(info->fault));
	assert_int_equal(info->fault.cause, FAULT_WRITE);
	assert_int_equal(info->fault.pc, 0x40000040);
	assert_int_equal(info->fault.address, 0x12345678);
	assert_int_equal(info->fault.regs[1], 8);
	assert_int_equal(info->fault.cpu, boot_cpu());
	assert_string_equal(info->fault.cell, "plc");
	assert_true(info->fault.sequence >= 1);
	assert_true(fake_logged("cell plc: [memory-write]"));
	assert_int_equal(world_state(other.id), CELL_RUNNING);
	assert_true(cells[other.id].arch.stage2_on);
	assert_int_equal(world_load(&w, 0, 8), 0);
	assert_int_equal(world_start(&w), 0); /* a new life: no old fault */
	assert_int_equal(world_call(0, HC_CELL_INFO, w.id, WORLD_REPLY, sizeof(*info), 0), 0);
	assert_int_equal(info->fault.cause, FAULT_NONE);
	assert_int_equal(fake_on_cpu(boot_cpu(), call_halt, fake.cpu[boot_cpu()].cpu), END_WAITS);
	assert_int_equal(world_state(w.id), CELL_STOPPED);
	assert_int_equal(world_destroy(&w), 0);
	assert_int_equal(world_destroy(&other), 0);
}

/* --- guest memory ------------------------------------------------------------------------------------------------------ */

/* [ISO-107] a structure must lie in RAM of its caller: not the hypervisor's, not a cell's, not a device, not past the end */
static void argument_memory(void **state)
{
	const u64 size = sizeof(struct system_info);
	u64 end = FAKE_RAM_BASE + FAKE_RAM_SIZE;

	(void)state;
	running_cell();
	u64 cell_ram = w.placement.claims[0].base;
	const u64 bad[] = { WORLD_BASE, WORLD_BASE - 8,   WORLD_BASE + 0x20000, cell_ram, cell_ram - 8, end - 8,
			    end,        FAKE_DEVICE_BASE, FAKE_PHYS_LIMIT,      0,        ~0ull - 7,    1ull << 63 };

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(world_call(0, HC_SYSTEM_INFO, bad[i], size, 0, 0), -BH_EFAULT);
	assert_int_equal(world_call(0, HC_SYSTEM_INFO, cell_ram - size, size, 0, 0), 0);
	assert_int_equal(world_call(0, HC_SYSTEM_INFO, end - size, size, 0, 0), 0);
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(world_call(0, HC_CELL_CHECK, bad[i] & ~7ull, 512, WORLD_REPLY, 0), -BH_EFAULT);
	const struct blob_header *known = fake_memory(WORLD_BUFFER);
	assert_int_equal(world_call(0, HC_CELL_CHECK, WORLD_BUFFER, known->size, WORLD_REPLY, 0), -BH_EEXIST);
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(world_call(0, HC_CELL_CREATE, bad[i], 0, 0, 0), -BH_EFAULT);
	assert_true(world_call(0, HC_CELL_CHECK, WORLD_BUFFER, 1ull << 40, WORLD_REPLY, 0) < 0);
	assert_true(world_call(0, HC_CELL_CHECK, WORLD_BUFFER, 0, WORLD_REPLY, 0) < 0);
	assert_true(world_call(0, HC_CELL_CHECK, WORLD_BUFFER + 4, 512, WORLD_REPLY, 0) < 0);
	assert_int_equal(world_destroy(&w), 0);
}

/* [ISO-107] a reply never writes more than the caller has room for */
static void reply_room(void **state)
{
	u8 *reply = fake_memory(WORLD_REPLY);

	(void)state;
	memset(reply, 0x3c, 4096);
	assert_int_equal(world_call(0, HC_SYSTEM_INFO, WORLD_REPLY, 16, 0, 0), 0);
	for (u32 i = 16; i < 4096; i++)
		assert_int_equal(reply[i], 0x3c);
	assert_int_equal(world_call(0, HC_CPU_INFO, 99, WORLD_REPLY, 4096, 0), -BH_ENOENT);
	assert_int_equal(world_call(0, HC_CPU_INFO, 2, WORLD_REPLY, 4096, 0), 0);
	assert_int_equal(((struct cpu_info *)(void *)reply)->hwid, 0x102);
	for (u32 i = sizeof(struct cpu_info); i < 4096; i++)
		assert_int_equal(reply[i], i < 16 ? reply[i] : 0x3c);
}

/* [ISO-107] load reads the root's memory only and writes the cell's only, 64 KiB at most */
static void load_bounds(void **state)
{
	u64 gpa = parts.memory[0].gpa, size = parts.memory[0].size;

	(void)state;
	assert_int_equal(world_create(&w, &parts), 0);
#define LOAD_FROM(to, from, bytes) world_call(0, HC_CELL_LOAD, w.id, to, from, bytes)
	assert_int_equal(LOAD_FROM(gpa, WORLD_BASE, 8), -BH_EFAULT);
	assert_int_equal(LOAD_FROM(gpa, w.placement.claims[0].base, 8), -BH_EFAULT);
	assert_int_equal(LOAD_FROM(gpa, FAKE_RAM_BASE + FAKE_RAM_SIZE - 4, 8), -BH_EFAULT);
	assert_int_equal(LOAD_FROM(gpa - 8, WORLD_IMAGE, 16), -BH_EFAULT);
	assert_int_equal(LOAD_FROM(gpa + size - 8, WORLD_IMAGE, 16), -BH_EFAULT);
	assert_int_equal(LOAD_FROM(parts.config.comm_gpa, WORLD_IMAGE, 8), -BH_EFAULT);
	assert_int_equal(LOAD_FROM(~0ull - 3, WORLD_IMAGE, 8), -BH_EFAULT);
	assert_true(LOAD_FROM(gpa, WORLD_IMAGE, 0x10001) < 0);
	assert_true(LOAD_FROM(gpa, WORLD_IMAGE, ~0ull) < 0);
	assert_true(LOAD_FROM(gpa, WORLD_IMAGE, 0) < 0);
	assert_int_equal(world_state(w.id), CELL_CREATED);
	memset(fake_memory(WORLD_IMAGE), 0x42, 0x10000);
	assert_int_equal(LOAD_FROM(gpa + 0x10000, WORLD_IMAGE, 0x10000), 0);
	assert_true(fake_memory_is(w.placement.claims[0].base + 0x10000, 0x10000, 0x42));
	assert_true(fake_memory_is(w.placement.claims[0].base, 0x10000, 0));
	assert_true(fake_memory_is(w.placement.claims[0].base + 0x20000, 0x10000, 0));
	/* The entry must be executable memory of the cell. */
	assert_int_equal(world_call(0, HC_CELL_START, w.id, gpa + size, 0, 0), -BH_EFAULT);
	assert_int_equal(world_call(0, HC_CELL_START, w.id, parts.config.comm_gpa, 0, 0), -BH_EFAULT);
	assert_int_equal(world_call(0, HC_CELL_START, w.id, gpa + 2, 0, 0), -BH_EFAULT);
	assert_int_equal(world_destroy(&w), 0);
}

/* [PERF-010] what is copied byte by byte, as source or target is not at a word, is a page at most */
static void load_odd(void **state)
{
	u64 gpa = parts.memory[0].gpa;

	(void)state;
	assert_int_equal(world_create(&w, &parts), 0);
	memset(fake_memory(WORLD_IMAGE), 0x42, 0x10000);
	for (u32 odd = 1; odd < 8; odd++) {
		assert_int_equal(LOAD_FROM(gpa + odd, WORLD_IMAGE, 0x1001), -BH_EINVAL);
		assert_int_equal(LOAD_FROM(gpa, WORLD_IMAGE + odd, 0x1001), -BH_EINVAL);
		assert_int_equal(LOAD_FROM(gpa + odd, WORLD_IMAGE + odd, 0x1001), -BH_EINVAL);
	}
	assert_true(fake_memory_is(w.placement.claims[0].base, 0x3000, 0));
	assert_int_equal(LOAD_FROM(gpa + 1, WORLD_IMAGE, 0x1000), 0);
	assert_true(fake_memory_is(w.placement.claims[0].base + 1, 0x1000, 0x42));
	assert_true(fake_memory_is(w.placement.claims[0].base + 0x1001, 0x1000, 0));
	assert_int_equal(LOAD_FROM(gpa + 0x1000, WORLD_IMAGE + 7, 0x1000), 0);
	assert_int_equal(world_destroy(&w), 0);
}

/* [UX-002] a cell's console text is in its ring, which the root reads; a cell without one writes nowhere */
static void console(void **state)
{
	const struct console_ring *ring;
	u64 text = 0x0a6f6c6c6568ull; /* "hello\n" */

	(void)state;
	running_cell();
	ring = fake_memory(w.placement.claims[1].base);
	assert_int_equal(world_call(boot_cpu(), HC_CONSOLE_WRITE, 6, text, 0, 0), 0);
	assert_int_equal(ring->total, 6);
	assert_memory_equal(ring->data, "hello\n", 6);
	assert_int_equal(world_call(boot_cpu(), HC_CONSOLE_WRITE, 0, text, 0, 0), -BH_EINVAL);
	assert_int_equal(world_call(boot_cpu(), HC_CONSOLE_WRITE, 25, text, 0, 0), -BH_EINVAL);
	for (u32 i = 0; i < CONSOLE_RING_DATA / 24 + 1; i++)
		assert_int_equal(world_call(boot_cpu(), HC_CONSOLE_WRITE, 24, ~0ull, ~0ull, ~0ull), 0);
	assert_int_equal(ring->total, 6 + 24 * (CONSOLE_RING_DATA / 24 + 1));
	assert_true(fake_memory_is((u64)w.placement.claims[1].base + 16, CONSOLE_RING_DATA, 0xff));
	assert_int_equal(world_destroy(&w), 0);

	parts.config.flags = 0;
	running_cell();
	assert_int_equal(world_call(boot_cpu(), HC_CONSOLE_WRITE, 6, text, 0, 0), 0);
	assert_int_equal(((struct console_ring *)fake_memory(w.placement.claims[1].base))->total, 0);
	assert_int_equal(world_destroy(&w), 0);
}

int main(void)
{
#define CALL(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		CALL(caller_column),   CALL(contention), CALL(verbs_and_states), CALL(destroy_again), CALL(fault_record),
		CALL(argument_memory), CALL(reply_room), CALL(load_bounds),      CALL(load_odd),      CALL(console),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
