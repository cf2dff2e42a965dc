/* SPDX-License-Identifier: GPL-2.0-only */
/* Enabling and disabling: each step that fails is named and leaves the machine as it was; what was entered can be left. */
#include "unit.h"

#include "fake/world.h"

static int prepare(void **state)
{
	(void)state;
	world_prepare(4);
	return 0;
}

static void assert_untouched(void)
{
	assert_int_equal(fake.irq_inits, 0);
	for (u32 i = 0; i < 4; i++)
		assert_false(fake.cpu[i].inited);
	assert_int_equal(world_boot_block()->cpus_entered, 0);
}

/* [LIFE-012] a step that fails on the first CPU: its name and error are in the boot block, everything is undone */
static void first_cpu_fails(void **state)
{
	static const struct {
		enum fake_fail fail;
		const char *step;
	} steps[] = {
		{ FAIL_PROBE, "probe" },          { FAIL_CONTROLLERS, "ledger" },  { FAIL_MAP_DEVICE, "ledger" },
		{ FAIL_GEOMETRY, "root-tables" }, { FAIL_IRQ_INIT, "interrupts" }, { FAIL_CPU_INIT, "cpu" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(steps); i++) {
		world_prepare(4);
		fake.fail = steps[i].fail;
		fake.fail_cpu = 0;
		assert_true(world_enter(0) < 0);
		assert_true(world_boot_block()->error < 0);
		assert_string_equal((const char *)world_boot_block()->message, steps[i].step);
		assert_int_not_equal(world_boot_block()->step, 0);
		assert_untouched();
	}
}

static void expect_refused(void)
{
	assert_true(world_enter(0) < 0);
	assert_untouched();
	world_prepare(4);
}

/* [LIFE-012] a boot block or blob that is not right is refused before anything is touched */
static void bad_hand_over(void **state)
{
	struct boot_block *b = world_boot_block();
	struct blob_header *blob = (struct blob_header *)((char *)b + PAGE_SIZE);

	(void)state;
	b->magic++;
	expect_refused();
	b->size++;
	expect_refused();
	b->abi += 0x10000;
	expect_refused();
	b->cpu_count = 3;
	expect_refused();
	b->blob_size -= 8;
	expect_refused();
	blob->type = BLOB_CELL;
	expect_refused();
	blob->magic = 0;
	assert_true(world_enter(0) < 0);
	assert_string_equal((const char *)b->message, "blob: blob-magic");
}

/* [LIFE-012] a later CPU fails: those that entered leave again */
static void later_cpu_fails(void **state)
{
	(void)state;
	fake.fail = FAIL_CPU_INIT;
	fake.fail_cpu = 2;
	assert_int_equal(world_enter(0), 0);
	assert_int_equal(world_enter(1), 0);
	assert_int_equal(world_enter(2), -BH_ENODEV);
	assert_int_equal(world_boot_block()->step_cpu, 2);
	assert_false(fake.cpu[2].inited);
	assert_int_equal(world_call(0, HC_DISABLE_PREPARE, 0, 0, 0, 0), 0);
	for (u32 i = 2; i-- > 0;) {
		(void)world_call(i, HC_CPU_EXIT, 0, 0, 0, 0);
		assert_int_equal(world_end, END_NATIVE);
		assert_false(fake.cpu[i].inited);
	}
}

/* [ISO-108] after enable the root sees everything but the hypervisor and the interrupt controller; the export is read-only */
static void root_view(void **state)
{
	struct boot_block *b = world_boot_block();

	(void)state;
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(world_enter(i), 0);
	assert_int_equal(b->cpus_entered, 4);
	assert_int_equal(b->error, 0);
	assert_true(world_root_maps(b->export_base, b->export_size, PG_READ));
	assert_true(world_root_maps_none(WORLD_BASE, b->export_base - WORLD_BASE));
	assert_true(world_root_maps_none(b->export_base + b->export_size, WORLD_BASE + WORLD_SIZE - b->export_base - b->export_size));
	assert_true(world_root_maps_none(FAKE_CONTROLLER, FAKE_IRQ_PAGE(0) - FAKE_CONTROLLER));
	for (u32 i = 0; i < 4; i++) {
		struct pa pa;
		u32 flags;

		/* Each CPU's interrupt page is seen where the controller has another one, which is not. */
		assert_true(pgtable_query(&cell_root()->stage2, (struct gpa){ FAKE_IRQ_PAGE(i) }, &pa, &flags));
		assert_int_equal(pa.v, FAKE_IRQ_PAGE(i) + PAGE_SIZE);
		assert_int_equal(flags, PG_READ | PG_WRITE | PG_DEVICE);
		assert_true(world_root_maps_none(FAKE_IRQ_PAGE(i) + PAGE_SIZE, PAGE_SIZE));
	}
	assert_true(world_root_maps_none(FAKE_IRQ_PAGE(4), FAKE_CONTROLLER + FAKE_CONTROLLER_SIZE - FAKE_IRQ_PAGE(4)));
	assert_true(world_root_maps(FAKE_CONTROLLER + FAKE_CONTROLLER_SIZE, WORLD_BASE - FAKE_CONTROLLER - FAKE_CONTROLLER_SIZE,
				    PG_READ | PG_WRITE | PG_EXEC));
	assert_true(world_root_maps(WORLD_BASE + WORLD_SIZE, FAKE_PHYS_LIMIT - WORLD_BASE - WORLD_SIZE, PG_READ | PG_WRITE | PG_EXEC));
	assert_null(order_violation());
	assert_int_equal(ledger_owner(&ledger, LEDGER_MEMORY, WORLD_BASE), OWNER_HYPERVISOR);
	assert_int_equal(world_disable(), 0);
}

/* [LIFE-013] disable: parked CPUs go to firmware first, the others leave natively; refused while a cell lives */
static void disable(void **state)
{
	struct cell_parts parts;
	struct world_cell w;

	(void)state;
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(world_enter(i), 0);
	parts_cell(&parts, BULKHEAD_ARCH_FAKE, "plc");
	assert_int_equal(world_create(&w, &parts), 0);
	assert_int_equal(world_call(0, HC_DISABLE_PREPARE, 0, 0, 0, 0), -BH_EBUSY);
	assert_int_equal(world_call(0, HC_CPU_EXIT, 0, 0, 0, 0), -BH_EBUSY);
	assert_int_equal(world_destroy(&w), 0);

	world_offline(3);
	fake.firmware_slow = true;
	assert_int_equal(world_call(0, HC_DISABLE_PREPARE, 0, 0, 0, 0), -BH_EAGAIN);
	assert_int_equal(world_call(0, HC_CPU_EXIT, 0, 0, 0, 0), -BH_EBUSY);
	assert_true(fake.cpu[3].kicks > 0);
	assert_int_equal(world_wake(3), END_FIRMWARE);
	assert_int_equal(world_call(0, HC_DISABLE_PREPARE, 0, 0, 0, 0), -BH_EAGAIN);
	fake.firmware_slow = false;
	assert_int_equal(world_call(0, HC_DISABLE_PREPARE, 0, 0, 0, 0), 0);
	/* A CPU may have left and reach all memory: no new cell from here on. */
	assert_int_equal(world_plan(&w, &parts), -BH_EBUSY);
	assert_int_equal(world_disable(), 0);
	for (u32 i = 0; i < 4; i++)
		assert_false(fake.cpu[i].inited);
	assert_int_equal(fake.cpu[3].end, END_FIRMWARE);
}

static void call_panic(void *argument)
{
	(void)argument;
	panic("test %d", 42);
}

/* [LIFE-014] panic reports, and no CPU goes on: each is asked to park and kicked */
static void panics(void **state)
{
	(void)state;
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(world_enter(i), 0);
	assert_int_equal(fake_on_cpu(1, call_panic, NULL), END_WAITS);
	assert_true(fake_logged("hypervisor panic: cpu=1 test 42"));
	for (u32 i = 0; i < 4; i++) {
		assert_true((cpu_slots[i].request & CPU_REQ_PARK) != 0);
		assert_true(i == 1 || fake.cpu[i].kicks > 0);
		if (i != 1)
			assert_int_equal(world_kicked(i), END_WAITS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(disable, prepare), /* first: a machine that was left once takes no cell, and statics stay */
		cmocka_unit_test(first_cpu_fails),
		cmocka_unit_test_setup(bad_hand_over, prepare),
		cmocka_unit_test_setup(later_cpu_fails, prepare),
		cmocka_unit_test_setup(root_view, prepare),
		cmocka_unit_test_setup(panics, prepare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
