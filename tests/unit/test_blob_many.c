/* SPDX-License-Identifier: GPL-2.0-only */
/* blob_cell.c compares neighbours in a sorted list; here all pairs are compared. */
#include "unit.h"

#include "fake/parts.h"

static struct blob blob;
static struct cell_parts cell;

static void assert_refused(int result, const struct blob_error *error, const char *check)
{
	assert_int_equal(result, -BH_EINVAL);
	assert_string_equal(error->check, check);
}

/* [CFG-001] among many ranges, in any order, two that overlap are found, and only then; so is an interrupt that is there twice */
static void cell_many(void **state)
{
	u32 seed = 1, refused = 0;
	struct blob_error error;
	struct cell_plan plan;

	(void)state;
	for (u32 round = 0; round < 2000; round++) {
		bool host = round % 2, overlap = false, twice = false;

		parts_cell(&cell, BULKHEAD_ARCH_ARM64, "plc-1");
		cell.memory_count = 2 + round % (CELL_MAX_MEMORY - 1);
		cell.irq_count = PLAN_MAX_IRQS;
		for (u32 i = 0; i < PLAN_MAX_IRQS; i++) {
			seed = seed * 1103515245 + 12345;
			cell.irq[i] = (struct blob_cell_irq){ .irq = 32 + i * 15 };
			if (i == round % 200)
				cell.irq[i].irq = 32 + seed % PLAN_MAX_IRQS * 15;
			twice |= cell.irq[i].irq != 32 + i * 15;
		}
		for (u32 i = 0; i < cell.memory_count; i++) {
			seed = seed * 1103515245 + 12345;
			u64 start = 0x10000000 + (seed >> 8) % 5000 * PAGE_SIZE, apart = 0x80000000 + i * 0x100000ull;
			struct blob_cell_memory *m = &cell.memory[i];

			*m = (struct blob_cell_memory){ .gpa = host ? apart : start,
							.host = host ? start : BLOB_ANY,
							.size = (1 + (seed >> 24) % 4) * PAGE_SIZE,
							.flags = BLOB_MEM_READ };
			for (u32 j = 0; j < i; j++)
				overlap |= host ? range_overlaps(range_make(start, m->size),
								 range_make(cell.memory[j].host, cell.memory[j].size))
						: range_overlaps(range_make(start, m->size),
								 range_make(cell.memory[j].gpa, cell.memory[j].size));
		}
		parts_emit_cell(&cell, &blob);
		int result = blob_verify_cell(blob.data, blob.size, BULKHEAD_ARCH_ARM64, &plan, &error);

		refused += result != 0;
		if (twice)
			assert_refused(result, &error, "irq-shared");
		else if (overlap)
			assert_refused(result, &error, host ? "host-overlap" : "mem-overlap");
		else
			assert_int_equal(result, 0);
	}
	assert_in_range(refused, 400, 1600);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(cell_many) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
