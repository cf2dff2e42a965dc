/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared windows on the fake machine: whose memory they are when, what members see of each other, who may ring whom. */
#include "unit.h"

#include <bulkhead/mmio.h>
#include <bulkhead/window.h>

#include "fake/world.h"
#include "sound.h"

#define SIZE 0x8000ull
#define GPA 0x60000000ull

static struct cell_parts parts;
static struct world_cell a, b;

static int setup(void **state)
{
	(void)state;
	assert_int_equal(world_boot(4), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_sound();
	for (u32 i = 0; i < WINDOW_MAX; i++)
		assert_null(window_get(i));
	return 0;
}

/* A cell with an interrupt of its own, in the window of these members, which stand in descending order. */
static int create(struct world_cell *w, const char *name, u32 irq, const char *first, const char *second, const char *third)
{
	parts_cell(&parts, BULKHEAD_ARCH_FAKE, name);
	parts.memory[0].size = 0x80000;
	parts.irq[0] = (struct blob_cell_irq){ .irq = irq, .flags = BLOB_IRQ_EDGE };
	parts.irq_count = 1;
	parts.window[0] =
		(struct blob_cell_window){ .gpa = GPA, .irq = irq, .window = { .size = SIZE, .doorbells = 2, .channel = "data" } };
	strcpy(parts.window[0].window.members[0], first);
	strcpy(parts.window[0].window.members[1], second);
	strcpy(parts.window[0].window.members[2], third);
	parts.window_count = 1;
	return world_create(w, &parts);
}

static void run(const struct world_cell *w)
{
	assert_int_equal(world_load(w, 0, 0x1000), 0);
	assert_int_equal(world_start(w), 0);
}

static const struct window_header *header(void)
{
	return fake_memory(window_get(0)->memory.start);
}

static bool maps(const struct world_cell *w, u64 gpa, u64 pa, u32 flags)
{
	struct pa got = { 0 };
	u32 rights = 0;

	return pgtable_query(&cells[w->id].stage2, (struct gpa){ gpa }, &got, &rights) && got.v == pa && rights == flags;
}

static s64 ring(const struct world_cell *from, u64 id, u64 member, u64 doorbell)
{
	return world_call(from ? from->needs.cpus[0] : 0, HC_DOORBELL, id, member, doorbell, 0);
}

/* [MSG-002] a window of cells is theirs alone: zero, out of the root's sight, the header page read only; the last one returns it, zero */
static void of_cells(void **state)
{
	u32 used = ledger.count;

	(void)state;
	assert_int_equal(create(&a, "a", 40, "b", "a", ""), 0);
	u64 base = window_get(0)->memory.start;
	assert_true(world_root_maps_none(base, SIZE));
	assert_true(fake_memory_is(base + PAGE_SIZE, SIZE - PAGE_SIZE, 0));
	assert_int_equal(create(&b, "b", 41, "b", "a", ""), 0);
	assert_int_equal(b.needs.claim_count, a.needs.claim_count - 1);
	for (u32 i = 0; i < 2; i++) {
		const struct world_cell *w = i ? &b : &a;

		assert_true(maps(w, GPA, base, PG_READ));
		for (u64 at = PAGE_SIZE; at < SIZE; at += PAGE_SIZE)
			assert_true(maps(w, GPA + at, base + at, PG_READ | PG_WRITE));
		assert_false(maps(w, GPA + SIZE, base + SIZE, PG_READ | PG_WRITE));
		const struct comm_page *comm = fake_memory(cells[w->id].pool_base + PAGE_SIZE);
		assert_int_equal(comm->window_gpa[0], GPA);
		assert_int_equal(comm->window_gpa[1], 0);
	}
	assert_true(world_root_maps_none(base, SIZE));
	memset(fake_memory(base + PAGE_SIZE), 0x55, SIZE - PAGE_SIZE);
	assert_int_equal(world_destroy(&a), 0);
	assert_true(fake_memory_is(base + PAGE_SIZE, SIZE - PAGE_SIZE, 0x55)); /* b goes on */
	assert_true(world_root_maps_none(base, SIZE));
	assert_int_equal(world_destroy(&b), 0);
	assert_true(fake_memory_is(base, SIZE, 0));
	assert_true(world_root_maps(base, SIZE, PG_READ | PG_WRITE | PG_EXEC));
	assert_int_equal(ledger.count, used);
}

/* [MSG-003] the root as a member keeps the memory, but for the header, which it reads; its faults there are what they seem */
static void of_the_root(void **state)
{
	(void)state;
	assert_int_equal(create(&a, "a", 40, "root", "a", ""), 0);
	u64 base = window_get(0)->memory.start;
	assert_true(world_root_maps(base, PAGE_SIZE, PG_READ));
	assert_true(world_root_maps(base + PAGE_SIZE, SIZE - PAGE_SIZE, PG_READ | PG_WRITE | PG_EXEC));
	assert_true(fake_memory_is(base + PAGE_SIZE, SIZE - PAGE_SIZE, 0));
	assert_int_equal(mmio_root_access(range_make(base, 8), false), ROOT_RETRY);
	assert_int_equal(mmio_root_access(range_make(base, 8), true), ROOT_DENY);
	assert_int_equal(mmio_root_access(range_make(base + PAGE_SIZE, 8), true), ROOT_RETRY);
	/* It is nobody's to give away, nor to be named in a call. */
	assert_int_equal(world_call(0, HC_SYSTEM_INFO, base + PAGE_SIZE, sizeof(struct system_info), 0, 0), -BH_EFAULT);
	parts_cell(&parts, BULKHEAD_ARCH_FAKE, "c");
	parts.memory[0].size = SIZE;
	parts.memory[0].host = base;
	assert_int_equal(world_create(&b, &parts), -BH_EBUSY);
	assert_int_equal(world_destroy(&a), 0);
	assert_true(fake_memory_is(base, SIZE, 0));
	assert_true(world_root_maps(base, SIZE, PG_READ | PG_WRITE | PG_EXEC));
}

/* [MSG-004] who names a channel otherwise than the one that made it gets nothing, by name */
static void disagreements(void **state)
{
	(void)state;
	assert_int_equal(create(&a, "a", 40, "b", "a", ""), 0);
	assert_int_equal(create(&b, "c", 41, "c", "b", "a"), -BH_EINVAL);
	assert_true(fake_logged("channel data: [channel-disagree]"));
	assert_int_equal(create(&b, "b", 41, "root", "b", "a"), -BH_EINVAL);
	for (u32 i = 0; i < 2; i++) {
		parts.window[0].window = header()->window;
		parts.window[0].window.size += i ? PAGE_SIZE : 0;
		parts.window[0].window.doorbells += i ? 0 : 1;
		assert_int_equal(world_create(&b, &parts), -BH_EINVAL);
	}
	assert_int_equal(window_get(0)->cells, 1);
	assert_int_equal(world_destroy(&a), 0);
}

/* [MSG-005] a read-only side cannot write, and nothing is executed in a window; the root loads nothing into it */
static void rights(void **state)
{
	(void)state;
	assert_int_equal(create(&a, "a", 40, "b", "a", ""), 0);
	parts.irq[0].irq = parts.window[0].irq = 41;
	strcpy(parts.header.name, "b");
	parts.window[0].flags = BLOB_WINDOW_READ_ONLY;
	assert_int_equal(world_create(&b, &parts), 0);
	u64 base = window_get(0)->memory.start;
	assert_true(maps(&b, GPA, base, PG_READ));
	assert_true(maps(&b, GPA + PAGE_SIZE, base + PAGE_SIZE, PG_READ));
	assert_true(maps(&a, GPA + PAGE_SIZE, base + PAGE_SIZE, PG_READ | PG_WRITE));
	assert_int_equal(world_call(0, HC_CELL_LOAD, a.id, GPA, WORLD_IMAGE, 64), -BH_EFAULT);
	assert_int_equal(world_call(0, HC_CELL_LOAD, a.id, GPA + PAGE_SIZE, WORLD_IMAGE, 64), -BH_EFAULT);
	run(&a);
	assert_int_equal(world_stop(&a), 0);
	assert_int_equal(world_call(0, HC_CELL_START, a.id, GPA + PAGE_SIZE, 0, 0), -BH_EFAULT);
	assert_int_equal(world_destroy(&b), 0);
	assert_int_equal(world_destroy(&a), 0);
}

/* [MSG-006] members see each other's state, and are told of each change while they run; nobody else is */
static void link_state(void **state)
{
	(void)state;
	assert_int_equal(create(&a, "a", 40, "root", "b", "a"), 0);
	const struct window_member *m = header()->member; /* 0: the root, 1: b, 2: a */
	assert_int_equal(m[0].state, CELL_RUNNING);
	assert_int_equal(m[1].state, CELL_FREE);
	assert_int_equal(m[2].state, CELL_CREATED);
	run(&a);
	assert_int_equal(m[2].state, CELL_RUNNING);
	u32 told = fake.sent[a.id];
	assert_int_equal(world_call(0, HC_NOTIFY, 77, 0, 0, 0), 0);
	u32 notified = fake.notified;
	assert_int_equal(create(&b, "b", 41, "root", "b", "a"), 0);
	run(&b);
	assert_int_equal(m[1].state, CELL_RUNNING);
	assert_int_equal(m[1].changes, 3); /* created, loaded, running */
	assert_int_equal(m[1].irq, 41);
	assert_int_equal(fake.sent[a.id] - told, 3);
	assert_int_equal(fake.notified - notified, 3);
	told = fake.sent[b.id];
	assert_int_equal(world_suspend(&a), 0);
	assert_int_equal(m[2].state, CELL_SUSPENDED);
	assert_int_equal(world_resume(&a), 0);
	assert_int_equal(world_stop(&a), 0);
	assert_int_equal(m[2].state, CELL_STOPPED);
	assert_int_equal(fake.sent[b.id] - told, 3);
	told = fake.sent[a.id];
	assert_int_equal(world_stop(&b), 0);
	assert_int_equal(fake.sent[a.id], told); /* it does not run */
	assert_int_equal(world_destroy(&b), 0);
	assert_int_equal(m[1].state, CELL_FREE);
	assert_int_equal(m[1].changes, 6);
	assert_int_equal(create(&b, "b", 42, "root", "b", "a"), 0); /* it comes back */
	assert_int_equal(m[1].changes, 7);
	assert_int_equal(m[1].irq, 42);
	assert_int_equal(world_destroy(&b), 0);
	assert_int_equal(world_destroy(&a), 0);
}

/* [MSG-007] a doorbell counts and interrupts the one it is for, if that runs; from members only, and to members */
static void doorbells(void **state)
{
	struct world_cell stranger;

	(void)state;
	assert_int_equal(create(&a, "a", 40, "root", "b", "a"), 0);
	run(&a);
	assert_int_equal(ring(&a, 0, 1, 0), -BH_ENODEV);
	assert_int_equal(create(&b, "b", 41, "root", "b", "a"), 0);
	assert_int_equal(ring(&a, 0, 1, 0), -BH_ENODEV);
	run(&b);
	const struct window_member *m = header()->member;
	u32 before = fake.sent[b.id], rung = m[1].rung[1];
	for (u32 i = 1; i <= 3; i++) {
		assert_int_equal(ring(i == 3 ? NULL : &a, 0, 1, 1), 0);
		assert_int_equal(fake.sent[b.id], before + i);
		assert_int_equal(m[1].rung[1], rung + i);
	}
	assert_int_equal(m[1].rung[0], 2); /* while it was down */
	assert_int_equal(world_call(0, HC_NOTIFY, 77, 0, 0, 0), 0);
	u32 notified = fake.notified;
	assert_int_equal(ring(&b, 0, 0, 0), 0);
	assert_int_equal(fake.notified, notified + 1);
	assert_int_equal(m[0].rung[0], 1);
	assert_int_equal(ring(&a, 0, 1, 2), -BH_EINVAL);
	assert_int_equal(ring(&a, 0, 3, 0), -BH_ENODEV); /* nobody has that place */
	assert_int_equal(ring(&a, 0, WINDOW_MEMBERS, 0), -BH_EINVAL);
	assert_int_equal(ring(&a, 1, 0, 0), -BH_ENOENT);
	assert_int_equal(ring(NULL, 1, 0, 0), -BH_ENOENT);
	assert_int_equal(ring(&a, ~0ull, 0, 0), -BH_ENOENT);
	parts_cell(&parts, BULKHEAD_ARCH_FAKE, "stranger");
	parts.memory[0].size = 0x10000;
	assert_int_equal(world_create(&stranger, &parts), 0);
	run(&stranger);
	assert_int_equal(ring(&stranger, 0, 1, 0), -BH_ENOENT);
	assert_int_equal(m[1].rung[0], 2);
	assert_int_equal(world_destroy(&stranger), 0);
	assert_int_equal(world_destroy(&b), 0);
	assert_int_equal(ring(&a, 0, 1, 0), -BH_ENODEV);
	assert_int_equal(world_destroy(&a), 0);
	assert_int_equal(ring(NULL, 0, 0, 0), -BH_ENOENT);
}

/* [MSG-008] a window that is being zeroed cannot be joined, one that ends neither; afterwards it can */
static void not_ready(void **state)
{
	(void)state;
	parts_cell(&parts, BULKHEAD_ARCH_FAKE, "a");
	parts.memory[0].size = 0x80000;
	parts.window[0] = (struct blob_cell_window){ .gpa = GPA, .window = { .size = SIZE, .channel = "data", .members = { "b", "a" } } };
	parts.window_count = 1;
	assert_int_equal(world_plan(&a, &parts), 0);
	world_offline(a.needs.cpus[0]);
	memcpy(fake_memory(WORLD_REPLY), &a.placement, sizeof(a.placement));
	a.id = (u32)world_call(0, HC_CELL_CREATE, WORLD_REPLY, 0, 0, 0);
	strcpy(parts.header.name, "b");
	assert_int_equal(world_create(&b, &parts), -BH_EAGAIN);
	assert_int_equal(world_repeat(HC_WORK, 0, 0, 0, 0, 1000), 0);
	assert_int_equal(world_create(&b, &parts), 0);
	assert_int_equal(world_destroy(&b), 0);
	while (window_get(0)->ready)
		assert_int_equal(world_call(0, HC_CELL_DESTROY, a.id, 0, 0, 0), -BH_EAGAIN);
	assert_int_equal(world_create(&b, &parts), -BH_EAGAIN);
	assert_int_equal(world_destroy(&a), 0);
	assert_int_equal(world_create(&b, &parts), 0);
	assert_int_equal(world_destroy(&b), 0);
}

/* [MSG-009] there are WINDOW_MAX windows; one more is refused by name, and nothing is lost */
static void exhausted(void **state)
{
	static struct world_cell cell;

	(void)state;
	parts_cell(&parts, BULKHEAD_ARCH_FAKE, "a");
	parts.memory[0].size = 0x10000;
	for (u32 i = 0; i < WINDOW_CELL_MAX; i++) {
		parts.window[i] = (struct blob_cell_window){ .gpa = GPA + i * SIZE,
							     .window = { .size = SIZE, .channel = "w0", .members = { "b", "a" } } };
		parts.window[i].window.channel[1] = (char)('0' + i);
	}
	parts.window_count = WINDOW_CELL_MAX;
	assert_int_equal(world_create(&a, &parts), 0);
	for (u32 i = WINDOW_CELL_MAX; i < WINDOW_MAX - 1; i++) /* others, as four CPUs hold no more cells than that */
		window_get(0)[i].memory = range_make(window_get(0)->memory.start, SIZE);
	strcpy(parts.header.name, "b");
	for (u32 i = 0; i < WINDOW_CELL_MAX; i++)
		parts.window[i].window.channel[0] = 'v';
	assert_int_equal(world_create(&cell, &parts), -BH_ENOSPC);
	assert_true(fake_logged("channel v1: there are 16 windows already"));
	parts.window_count = 1;
	assert_int_equal(world_create(&cell, &parts), 0);
	assert_int_equal(world_destroy(&cell), 0);
	for (u32 i = WINDOW_CELL_MAX; i < WINDOW_MAX - 1; i++)
		window_get(0)[i].memory.size = 0;
	assert_int_equal(world_destroy(&a), 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(of_cells),   TEST(of_the_root), TEST(disagreements), TEST(rights),
		TEST(link_state), TEST(doorbells),   TEST(not_ready),     TEST(exhausted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
