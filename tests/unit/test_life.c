/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole lives of cells on the fake machine, through hypercalls as the driver makes them. */
#include "unit.h"

#include "fake/world.h"
#include "sound.h"

#define RWX (PG_READ | PG_WRITE | PG_EXEC)

static struct cell_parts parts;
static struct world_cell w;

struct snapshot {
	u32 pool_used, pool_total, pool_reserved, ledger_count;
	u64 hash; /* of what the root's tables map */
};

static struct snapshot take_snapshot(void)
{
	struct snapshot s = {
		.pool_used = root_pool.used,
		.pool_total = root_pool.total,
		.pool_reserved = root_pool.reserved,
		.ledger_count = ledger.count,
		.hash = 14695981039346656037ull,
	};

	for (u64 at = 0; at < FAKE_PHYS_LIMIT; at += PAGE_SIZE) {
		struct pa pa = { 1 };
		u32 flags = 0;
		bool mapped = pgtable_query(&cell_root()->stage2, (struct gpa){ at }, &pa, &flags);

		s.hash = (s.hash ^ (mapped ? pa.v + flags : 1)) * 1099511628211ull;
	}
	return s;
}

static void assert_snapshot(const struct snapshot *before)
{
	struct snapshot now = take_snapshot();

	assert_int_equal(now.pool_used, before->pool_used);
	assert_int_equal(now.pool_total, before->pool_total);
	assert_int_equal(now.pool_reserved, before->pool_reserved);
	assert_int_equal(now.ledger_count, before->ledger_count);
	assert_true(now.hash == before->hash);
}

static int setup(void **state)
{
	(void)state;
	assert_int_equal(world_boot(4), 0);
	parts_cell(&parts, BULKHEAD_ARCH_FAKE, "plc");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_sound();
	return 0;
}

static void full_cell(void)
{
	parts.cpu_count = 2;
	parts.cpu[1].cpu = BLOB_CPU_ANY;
	parts.memory[1] = (struct blob_cell_memory){ .gpa = 0x50001000, .size = 0x5000, .host = BLOB_ANY, .flags = BLOB_MEM_READ };
	parts.memory_count = 2;
	parts.mmio[0] = (struct blob_cell_mmio){ .gpa = 0x9000000, .size = 0x1000, .host = FAKE_DEVICE_BASE + 0x500000, .widths = 0xf };
	parts.mmio[1] = (struct blob_cell_mmio){ .gpa = 0x9001100, .size = 0x20, .host = FAKE_DEVICE_BASE + 0x600100, .widths = 4 };
	parts.mmio_count = 2;
	parts.irq[0].irq = 40;
	parts.irq[1].irq = 41;
	parts.irq_count = 2;
}

/* [ISO-112] a CPU's interrupt page is its owner's only: the cell's, in vCPU order, and the root's again after destroy */
static void irq_pages_change_hands(void **state)
{
	struct snapshot before = take_snapshot();
	struct pa pa;
	u32 flags;

	(void)state;
	parts.cpu_count = 2;
	parts.cpu[0].cpu = 3;
	parts.cpu[1].cpu = 1;
	assert_int_equal(world_create(&w, &parts), 0);
	for (u32 i = 0; i < 2; i++) {
		u32 cpu = cells[w.id].cpus[i];

		assert_int_equal(cpu, parts.cpu[i].cpu);
		assert_true(world_root_maps_none(FAKE_IRQ_PAGE(cpu), 2 * PAGE_SIZE));
		assert_true(pgtable_query(&cells[w.id].stage2, (struct gpa){ FAKE_CELL_IRQ_PAGES + i * PAGE_SIZE }, &pa, &flags));
		assert_int_equal(pa.v, FAKE_IRQ_PAGE(cpu) + PAGE_SIZE);
		assert_int_equal(flags, PG_READ | PG_WRITE | PG_DEVICE);
	}
	assert_false(pgtable_query(&cells[w.id].stage2, (struct gpa){ FAKE_CELL_IRQ_PAGES + 2 * PAGE_SIZE }, &pa, &flags));
	assert_true(pgtable_query(&cell_root()->stage2, (struct gpa){ FAKE_IRQ_PAGE(0) }, &pa, &flags));
	assert_int_equal(world_destroy(&w), 0);
	assert_snapshot(&before);
}

/* [ISO-105] what a cell gets the root loses, at once and all of it; after destroy it is the root's again */
static void memory_changes_hands(void **state)
{
	struct snapshot before = take_snapshot();

	(void)state;
	full_cell();
	assert_int_equal(world_create(&w, &parts), 0);
	for (u32 i = 0; i < w.needs.claim_count; i++) {
		u64 base = w.placement.claims[i].base, size = w.placement.claims[i].size;

		if (w.needs.claims[i].kind == CLAIM_POOL) { /* its first pages are console ring and comm page: [LIFE-271] read only */
			assert_true(world_root_maps(base, 2 * PAGE_SIZE, PG_READ));
			assert_true(world_root_maps_none(base + 2 * PAGE_SIZE, size - 2 * PAGE_SIZE));
		} else {
			assert_true(world_root_maps_none(base, size));
		}
	}
	assert_true(world_root_maps_none(FAKE_DEVICE_BASE + 0x500000, PAGE_SIZE));
	assert_true(world_root_maps_none(FAKE_DEVICE_BASE + 0x600000, PAGE_SIZE));
	assert_int_equal(fake.irq_owner[40], w.id);
	assert_false(cell_owns_irq(cell_root(), 40));
	assert_true(cell_owns_irq(&cells[w.id], 40));
	assert_int_equal(world_destroy(&w), 0);
	assert_int_equal(fake.irq_owner[40], 0);
	assert_true(cell_owns_irq(cell_root(), 41));
	assert_snapshot(&before);
}

/* [LIFE-005] a cell starts with zeros, the root gets zeros back: nobody reads what another one left */
static void scrubbed_both_ways(void **state)
{
	(void)state;
	full_cell();
	assert_int_equal(world_create(&w, &parts), 0);
	for (u32 i = 0; i < parts.memory_count; i++)
		assert_true(fake_memory_is(w.placement.claims[i].base, w.placement.claims[i].size, 0));
	assert_int_equal(world_load(&w, 0, 0x10000), 0);
	assert_int_equal(world_start(&w), 0);
	memset(fake_memory(w.placement.claims[0].base), 0x99, 0x100000); /* the guest's secrets */
	assert_int_equal(world_stop(&w), 0);
	assert_int_equal(world_destroy(&w), 0);
	for (u32 i = 0; i < w.needs.claim_count; i++)
		if (w.needs.claims[i].kind != CLAIM_ROOT_POOL)
			assert_true(fake_memory_is(w.placement.claims[i].base, w.placement.claims[i].size, 0));
}

/* [ISO-106] the cell sees exactly its memory, with the rights its file gave */
static void cell_tables(void **state)
{
	struct pa pa;
	u32 flags;
	const struct pgtable *t;

	(void)state;
	full_cell();
	assert_int_equal(world_create(&w, &parts), 0);
	t = &cells[w.id].stage2;
	assert_true(pgtable_query(t, (struct gpa){ 0x40000000 }, &pa, &flags));
	assert_int_equal(pa.v, w.placement.claims[0].base);
	assert_int_equal(flags, RWX);
	assert_true(pgtable_query(t, (struct gpa){ 0x50001000 }, &pa, &flags));
	assert_int_equal(pa.v, w.placement.claims[1].base);
	assert_int_equal(flags, PG_READ);
	assert_true(pgtable_query(t, (struct gpa){ 0x9000000 }, &pa, &flags));
	assert_int_equal(flags, PG_READ | PG_WRITE | PG_DEVICE);
	assert_false(pgtable_query(t, (struct gpa){ 0x9001000 }, &pa, &flags));
	assert_false(pgtable_query(t, (struct gpa){ 0x40200000 }, &pa, &flags));
	assert_false(pgtable_query(t, (struct gpa){ 0x50000000 }, &pa, &flags));
	assert_false(pgtable_query(t, (struct gpa){ WORLD_BASE }, &pa, &flags));
	assert_true(pgtable_query(t, (struct gpa){ parts.config.comm_gpa }, &pa, &flags));
	assert_int_equal(flags, PG_READ | PG_WRITE);
	assert_non_null(mmio_find(&cells[w.id].mmio, 0x9001100, 4));
	assert_null(mmio_find(&cells[w.id].mmio, 0x9001120, 4));
	assert_int_equal(world_destroy(&w), 0);
}

/* [LIFE-004] start runs the first CPU at the entry, the others wait until the guest starts them; stop parks all */
static void cpus_run_and_park(void **state)
{
	(void)state;
	full_cell();
	assert_int_equal(world_create(&w, &parts), 0);
	u32 first = w.needs.cpus[0], second = w.needs.cpus[1];

	assert_int_equal(world_load(&w, 0, 0x1000), 0);
	assert_int_equal(world_start(&w), 0);
	assert_int_equal(fake.cpu[first].end, END_RUNS);
	assert_int_equal(fake.cpu[first].entry, 0x40000000);
	assert_int_equal(fake.cpu[first].argument, 0x77);
	assert_int_equal(fake.cpu[second].end, END_WAITS);
	assert_int_equal(cpu_power_on(&cells[w.id], 2, 0, 0), -BH_ENOENT);
	assert_int_equal(cpu_power_on(&cells[w.id], 0, 0, 0), -BH_EBUSY);
	assert_int_equal(cpu_power_on(cell_root(), second, 0, 0), -BH_EPERM); /* off, but not the root's any more */
	assert_int_equal(cpu_power_on(&cells[w.id], 1, 0x40000100, 5), 0);
	assert_int_equal(cpu_power_on(&cells[w.id], 1, 0x40000100, 5), -BH_EBUSY);
	assert_int_equal(world_wake(second), END_RUNS);
	assert_int_equal(fake.cpu[second].entry, 0x40000100);
	assert_int_equal(fake.cpu[second].cpu->vcpu, 1);
	assert_int_equal(world_stop(&w), 0);
	assert_int_equal(fake.cpu[first].end, END_WAITS);
	assert_int_equal(fake.cpu[second].end, END_WAITS);
	assert_false(cells[w.id].arch.stage2_on);
	assert_int_equal(world_start(&w), 0); /* a stopped cell starts again */
	assert_int_equal(fake.cpu[first].end, END_RUNS);
	assert_int_equal(world_stop(&w), 0);
	assert_int_equal(world_destroy(&w), 0);
}

/* [ISO-041] a CPU that ignores the kick is lost: walls first, the cell still ends, its memory is scrubbed and returned */
static void lost_cpu(void **state)
{
	struct cpu_info *info = fake_memory(WORLD_REPLY);

	(void)state;
	assert_int_equal(world_create(&w, &parts), 0);
	u32 cpu = w.needs.cpus[0];

	assert_int_equal(world_load(&w, 0, 0x1000), 0);
	assert_int_equal(world_start(&w), 0);
	assert_int_equal(world_call(0, HC_CELL_DESTROY, w.id, 0, 0, 0), -BH_EAGAIN);
	assert_false(cells[w.id].arch.stage2_on); /* it can fetch nothing any more, parked or not */
	assert_true(fake.cpu[cpu].kicks > 0);
	assert_int_equal(world_repeat(HC_CELL_DESTROY, w.id, 0, 0, 0, 100), -BH_EAGAIN);
	fake.now += 10 * arch_facts.counter_hz;
	assert_int_equal(world_repeat(HC_CELL_DESTROY, w.id, 0, 0, 0, 100000), 0);
	assert_int_equal(world_state(w.id), CELL_FREE);
	assert_true(fake_logged("is lost"));
	assert_true(world_root_maps(w.placement.claims[0].base, w.placement.claims[0].size, RWX));
	assert_true(fake_memory_is(w.placement.claims[0].base, w.placement.claims[0].size, 0));
	assert_int_equal(world_call(0, HC_CPU_INFO, cpu, WORLD_REPLY, sizeof(*info), 0), 0);
	assert_int_equal(info->state, CPU_LOST);
	assert_int_equal(cpu_power_on(cell_root(), cpu, 0, 0), -BH_EPERM);
	world_release(&w);
	assert_int_equal(world_disable(), -BH_EBUSY);

	struct world_cell again;

	parts.cpu[0].cpu = cpu;
	assert_int_equal(world_create(&again, &parts), -BH_EBUSY);
	parts.cpu[0].cpu = BLOB_CPU_ANY; /* the others go on */
	assert_int_equal(world_create(&again, &parts), 0);
	assert_int_equal(world_destroy(&again), 0);
}

/* Up to HC_CELL_CREATE, which leaves the rest to HC_WORK; its result. */
static s64 begin(void)
{
	assert_int_equal(world_plan(&w, &parts), 0);
	for (u32 i = 0; i < w.needs.cpu_count; i++)
		world_offline(w.needs.cpus[i]);
	memcpy(fake_memory(WORLD_REPLY), &w.placement, sizeof(w.placement));
	s64 id = world_call(0, HC_CELL_CREATE, WORLD_REPLY, 0, 0, 0);
	w.id = (u32)id;
	return id;
}

/* [LIFE-005] a scrub is done in bounded parts, and whoever calls next finishes what another caller left */
static void resumable_scrub(void **state)
{
	(void)state;
	parts.memory[0].size = 0x1000000;
	assert_int_equal(begin(), 1);
	/* Not ready before it is clean. */
	assert_int_equal(world_call(0, HC_CELL_LOAD, w.id, 0x40000000, WORLD_IMAGE, 8), -BH_EAGAIN);

	u64 most = 0, calls = 0, before = fake.scrubbed;

	for (s64 result = -BH_EAGAIN; result == -BH_EAGAIN; calls++) {
		u64 scrubbed = fake.scrubbed;

		result = world_call((u32)(calls % 3), HC_WORK, 0, 0, 0, 0); /* any root CPU */
		most = fake.scrubbed - scrubbed > most ? fake.scrubbed - scrubbed : most;
	}
	assert_true(most <= 64 * PAGE_SIZE);
	assert_true(fake.scrubbed - before >= 0x1000000);
	assert_int_equal(world_call(0, HC_WORK, 0, 0, 0, 0), 0);
	assert_int_equal(world_destroy(&w), 0);
}

/* [LIFE-005] a cell can be destroyed after any part of its create: what it has goes back, what it has not yet stayed the root's */
static void destroyed_amid_create(void **state)
{
	struct snapshot before = take_snapshot();
	u32 parts_done = 0, done = 0;

	(void)state;
	full_cell();
	parts.window[0] = (struct blob_cell_window){
		.gpa = 0x60000000,
		.window = { .size = 0x4000, .channel = "data", .members = { "root", "plc" } },
	};
	parts.window_count = 1;
	for (s64 result = -BH_EAGAIN; result != 0; parts_done++) {
		assert_int_equal(begin(), 1);
		for (done = 0; done < parts_done && (result = world_call(0, HC_WORK, 0, 0, 0, 0)) == -BH_EAGAIN; done++)
			assert_true(ledger_invariant(&ledger));
		assert_int_equal(world_destroy(&w), 0);
		assert_snapshot(&before);
	}
	assert_true(done > 8); /* each memory, device and interrupt, then scrubbing and mapping */
}

/* [LIFE-005] a cell that ends while another one is being made takes nothing from that: it gets all its plan says */
static void another_ends_amid_create(void **state)
{
	struct world_cell other;
	s64 result = -BH_EAGAIN;

	(void)state;
	strcpy(parts.header.name, "old");
	assert_int_equal(world_create(&other, &parts), 0);
	strcpy(parts.header.name, "plc");
	full_cell();
	parts.cpu[0].cpu = BLOB_CPU_ANY;
	assert_int_equal(begin(), 2);
	while (result == -BH_EAGAIN) {
		result = world_call(0, HC_CELL_DESTROY, other.id, 0, 0, 0);
		(void)world_call(0, HC_WORK, 0, 0, 0, 0);
	}
	assert_int_equal(result, 0);
	assert_int_equal(world_repeat(HC_WORK, 0, 0, 0, 0, 1000), 0);
	assert_int_equal(cells[w.id].memory_count, 2);
	for (u32 i = 0; i < 2; i++)
		assert_true(world_root_maps_none(w.placement.claims[i].base, w.placement.claims[i].size));
	assert_true(world_root_maps_none(FAKE_DEVICE_BASE + 0x500000, PAGE_SIZE));
	assert_true(world_root_maps_none(FAKE_DEVICE_BASE + 0x600000, PAGE_SIZE));
	assert_true(cell_owns_irq(&cells[w.id], 40) && cell_owns_irq(&cells[w.id], 41));
}

/* [LIFE-008] a cell is made of what was checked last, once; not of what was refused, and not while the last one is being made */
static void checked_then_created(void **state)
{
	(void)state;
	assert_int_equal(world_call(0, HC_CELL_CREATE, WORLD_REPLY, 0, 0, 0), -BH_ENOENT);
	assert_int_equal(begin(), 1);
	assert_int_equal(world_call(0, HC_CELL_CREATE, WORLD_REPLY, 0, 0, 0), -BH_ENOENT);
	assert_int_equal(world_call(0, HC_CELL_CHECK, WORLD_BUFFER, 64, WORLD_REPLY, 0), -BH_EAGAIN);
	assert_int_equal(world_repeat(HC_WORK, 0, 0, 0, 0, 1000), 0);
	assert_int_equal(world_call(0, HC_CELL_CHECK, WORLD_BUFFER, 64, WORLD_REPLY, 0), -BH_EINVAL);
	assert_int_equal(world_call(0, HC_CELL_CREATE, WORLD_REPLY, 0, 0, 0), -BH_ENOENT);
	assert_int_equal(world_destroy(&w), 0);
}

/* [LIFE-006] 10,000 lives: no page, no ledger entry, no mapping is left behind */
static void ten_thousand_lives(void **state)
{
	struct snapshot before;

	(void)state;
	full_cell();
	parts.memory[0].size = 0x8000;
	assert_int_equal(world_create(&w, &parts), 0); /* once, so that lazily made things exist */
	assert_int_equal(world_destroy(&w), 0);
	before = take_snapshot();
	for (u32 i = 0; i < 10000; i++) {
		parts.memory[0].gpa = 0x40000000 + (i % 7) * 0x3000;
		assert_int_equal(world_create(&w, &parts), 0);
		if (i % 3 != 0)
			assert_int_equal(world_load(&w, 0, 0x1000), 0);
		if (i % 3 == 2)
			assert_int_equal(world_start(&w), 0);
		assert_int_equal(world_destroy(&w), 0);
		fake.log_length = 0;
		if (i % 1000 == 0)
			assert_snapshot(&before);
	}
	assert_snapshot(&before);
}

#define MANY 3

/* [LIFE-007] cells with random shapes come and go in any order; at the end all is as before */
static void random_lives(void **state)
{
	static struct world_cell many[MANY];
	static bool alive[MANY];
	struct snapshot before = take_snapshot();
	u32 seed = 5, created = 0;

	(void)state;
	for (u32 i = 0; i < 600; i++) {
		seed = seed * 1103515245 + 12345;
		u32 k = (seed >> 8) % MANY;

		if (alive[k]) {
			assert_int_equal(world_destroy(&many[k]), 0);
			alive[k] = false;
			continue;
		}
		parts_cell(&parts, BULKHEAD_ARCH_FAKE, k == 0 ? "one" : k == 1 ? "two" : "three");
		parts.memory[0].gpa = 0x40000000 + (seed >> 12 & 0xff) * PAGE_SIZE;
		parts.memory[0].size = (1 + (seed >> 4 & 0x7ff)) * PAGE_SIZE;
		parts.memory[1] = parts.memory[0];
		parts.memory[1].gpa = 0x60000000;
		parts.memory[1].size = (1 + (seed >> 20 & 0x1ff)) * PAGE_SIZE;
		parts.memory_count = 1 + (seed >> 30 & 1);
		int result = world_create(&many[k], &parts);

		if (result != 0)
			fail_msg("round %u: create: %d: %s", i, result, fake.log + (fake.log_length > 300 ? fake.log_length - 300 : 0));
		alive[k] = true;
		created++;
		fake.log_length = 0;
	}
	for (u32 k = 0; k < MANY; k++)
		if (alive[k])
			assert_int_equal(world_destroy(&many[k]), 0);
	assert_true(created > 200);
	assert_snapshot(&before);
}

/* [LIFE-008] any difference between what was asked for and what is given refuses the create; nothing is held then */
static void placement_must_match(void **state)
{
	struct snapshot before = take_snapshot();
	const u32 claim_kinds = 9;

	(void)state;
	full_cell();
	assert_int_equal(world_plan(&w, &parts), 0);
	memcpy(fake_memory(WORLD_REPLY), &w.placement, sizeof(w.placement));
	assert_int_equal(world_call(0, HC_CELL_CREATE, WORLD_REPLY, 0, 0, 0), -BH_EAGAIN); /* its CPUs still run the root */
	world_release(&w);
	assert_snapshot(&before);
	for (u32 wrong = 0; wrong < claim_kinds; wrong++) {
		assert_int_equal(world_plan(&w, &parts), 0);
		struct cell_placement p = w.placement;

		switch (wrong) {
		case 0: p.claims[0].base += PAGE_SIZE; break;
		case 1: p.claims[0].size -= PAGE_SIZE; break;
		case 2: p.claims[2].base = p.claims[0].base; break; /* the pool inside the memory */
		case 3: p.claims[0].base = WORLD_BASE & ~0x1fffffull; break;
		case 4: p.claims[0].base = FAKE_RAM_BASE + FAKE_RAM_SIZE; break;
		case 5: p.claim_count--; break;
		case 6: p.cpus[0] = 0; break;
		case 7: p.cpu_count++; break;
		default: p.size--; break;
		}
		for (u32 i = 0; i < w.needs.cpu_count; i++)
			world_offline(w.needs.cpus[i]);
		memcpy(fake_memory(WORLD_REPLY), &p, sizeof(p));
		assert_int_equal(world_call(0, HC_CELL_CREATE, WORLD_REPLY, 0, 0, 0), -BH_EINVAL);
		for (u32 i = 0; i < w.needs.cpu_count; i++)
			assert_int_equal(world_online(w.needs.cpus[i]), END_RUNS);
		world_release(&w);
		assert_snapshot(&before);
	}
}

/* [LIFE-008] what is taken or unknown is refused by name: CPUs, names, registers, interrupts, host ranges */
static void conflicts(void **state)
{
	struct world_cell other;
	struct cell_parts second;

	(void)state;
	full_cell();
	assert_int_equal(world_create(&w, &parts), 0);
	second = parts;
	assert_int_equal(world_create(&other, &second), -BH_EEXIST);
	strcpy(second.header.name, "other");
	assert_int_equal(world_create(&other, &second), -BH_EBUSY); /* two CPUs, the root has two: it keeps one */
	assert_true(fake_logged("keeps at least one"));
	second.cpu_count = 1;
	assert_int_equal(world_create(&other, &second), -BH_EBUSY); /* registers */
	second.mmio_count = 0;
	assert_int_equal(world_create(&other, &second), -BH_EBUSY); /* interrupts */
	second.irq[0].irq = 42;
	second.irq_count = 1;
	assert_int_equal(world_call(0, HC_NOTIFY, 42, 0, 0, 0), 0);
	assert_int_equal(world_create(&other, &second), -BH_EBUSY); /* by it the root is told of cells' ends */
	second.irq_count = 0;
	second.memory[1].host = w.placement.claims[0].base;
	assert_int_equal(world_create(&other, &second), -BH_EBUSY);
	second.memory[1].host = FAKE_RAM_BASE + FAKE_RAM_SIZE;
	assert_int_equal(world_create(&other, &second), -BH_EINVAL);
	second.memory[1].host = WORLD_BASE;
	assert_int_equal(world_create(&other, &second), -BH_EBUSY);
	second.memory_count = 1;
	second.cpu[0].cpu = 60;
	assert_int_equal(world_create(&other, &second), -BH_EBUSY);
	second.cpu[0].cpu = BLOB_CPU_ANY;
	second.mmio[0].host = FAKE_RAM_BASE + FAKE_RAM_SIZE - 0x100000;
	second.mmio_count = 1;
	assert_int_equal(world_create(&other, &second), -BH_EINVAL); /* registers in RAM */
	second.mmio[0].host = FAKE_CONTROLLER;
	assert_int_equal(world_create(&other, &second), -BH_EBUSY); /* the interrupt controller */
	second.mmio_count = 0;
	second.config.irq_mode = BLOB_IRQ_LIST_REGISTER;
	assert_int_equal(world_create(&other, &second), -BH_EINVAL);
	second.config.irq_mode = BLOB_IRQ_AUTO;
	assert_int_equal(world_create(&other, &second), 0);
	assert_int_equal(world_destroy(&other), 0);
	assert_int_equal(world_destroy(&w), 0);
}

/* [LIFE-009] a small root pool grows by what each create donates, and gives all of it back */
static void root_pool_grows(void **state)
{
	static struct world_cell many[MANY];
	static const char *const names[MANY] = { "one", "two", "three" };
	u32 spare = pool_free(&root_pool);
	u32 grown = 0;

	(void)state;
	world_size = WORLD_SIZE - (spare - 10) * PAGE_SIZE;
	assert_int_equal(world_boot(4), 0);
	world_size = WORLD_SIZE;
	assert_true(pool_free(&root_pool) <= 10);

	struct snapshot before = take_snapshot();

	for (u32 round = 0; round < 20; round++) {
		for (u32 k = 0; k < MANY; k++) {
			full_cell();
			parts.cpu_count = 1;
			parts.mmio_count = k == 0 ? 2 : 0;
			parts.irq_count = k == 0 ? 2 : 0;
			memset(parts.header.name, 0, sizeof(parts.header.name));
			strcpy(parts.header.name, names[k]);
			int result = world_create(&many[k], &parts);

			if (result != 0)
				fail_msg("round %u cell %u: create: %d: %s", round, k, result, fake.log);
			for (u32 i = 0; i < many[k].needs.claim_count; i++)
				if (many[k].needs.claims[i].kind == CLAIM_ROOT_POOL) {
					grown++;
					assert_true(
						world_root_maps_none(many[k].placement.claims[i].base, many[k].placement.claims[i].size));
				}
			assert_sound();
		}
		for (u32 k = 0; k < MANY; k++)
			assert_int_equal(world_destroy(&many[(k + round) % MANY]), 0);
		for (u32 k = 0; k < MANY * MANY; k++) /* again: one may hold tables for another one's hole */
			world_release(&many[k % MANY]);
		assert_snapshot(&before);
	}
	assert_true(grown >= 20);
}

int main(void)
{
#define LIFE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		LIFE(irq_pages_change_hands),   LIFE(memory_changes_hands),
		LIFE(scrubbed_both_ways),       LIFE(cell_tables),
		LIFE(cpus_run_and_park),        LIFE(lost_cpu),
		LIFE(resumable_scrub),          LIFE(destroyed_amid_create),
		LIFE(another_ends_amid_create), LIFE(checked_then_created),
		LIFE(ten_thousand_lives),       LIFE(random_lives),
		LIFE(placement_must_match),     LIFE(conflicts),
		LIFE(root_pool_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
