/* SPDX-License-Identifier: GPL-2.0-only */
/* mmio.c: the sorted table, and forwarding to registers that share a page. */
#include "unit.h"

#include "fake/fake.h"

static struct mmio_table t;

static enum mmio_result handler(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access)
{
	(void)cpu;
	(void)region;
	access->value = offset;
	return MMIO_DONE;
}

static int add(u64 start, u64 size)
{
	return mmio_add(&t, (struct mmio_region){ .gpa = range_make(start, size), .handler = handler });
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	memset(&t, 0, sizeof(t));
	return 0;
}

/* [ISO-103] a region is found for accesses it holds completely, and only for them */
static void lookup(void **state)
{
	(void)state;
	assert_int_equal(add(0x3000, 0x1000), 0);
	assert_int_equal(add(0x1000, 0x100), 0);
	assert_int_equal(add(0x1100, 0x10), 0);
	assert_int_equal(add(0x8000, 4), 0);
	assert_int_equal(add(0x2fff, 2), -BH_EBUSY);
	assert_int_equal(add(0x1000, 0), -BH_EINVAL);
	for (u64 at = 0; at < 0x9000; at++)
		for (u32 width = 1; width <= 8; width *= 2) {
			const struct mmio_region *want = NULL;

			for (u32 i = 0; i < t.count; i++)
				if (range_contains(t.region[i].gpa, range_make(at, width)))
					want = &t.region[i];
			assert_ptr_equal(mmio_find(&t, at, width), want);
		}
	assert_null(mmio_find(&t, ~0ull, 8));
}

/* [ISO-103] a full table refuses; the order of adding does not matter */
static void full(void **state)
{
	(void)state;
	for (u64 i = 0; i < MMIO_MAX_REGIONS; i++)
		assert_int_equal(add((i * 7 % MMIO_MAX_REGIONS) * 0x100, 0x80), 0);
	assert_int_equal(add(0x100000, 1), -BH_ENOSPC);
	for (u32 i = 1; i < t.count; i++)
		assert_true(t.region[i - 1].gpa.start < t.region[i].gpa.start);
	for (u64 i = 0; i < MMIO_MAX_REGIONS; i++)
		assert_int_equal(mmio_find(&t, i * 0x100 + 0x40, 4)->gpa.start, i * 0x100);
}

/* [ISO-103] forwarding: the width and the right asked for, aligned, and no byte beside it */
static void forward(void **state)
{
	const u64 host = FAKE_DEVICE_BASE + 0x5100;
	u8 *hardware = fake_memory(host);
	struct mmio_region r = { .gpa = range_make(0x1100, 0x20), .host = host, .widths = 0xf };
	struct mmio_access a;

	(void)state;
	for (u8 width = 1; width <= 8; width = (u8)(width * 2)) {
		memset(hardware - 8, 0x11, 0x40);
		a = (struct mmio_access){ .width = width, .write = true, .value = 0x8877665544332211ull };
		assert_int_equal(mmio_forward(NULL, &r, 0x10, &a), MMIO_DONE);
		a = (struct mmio_access){ .width = width, .value = ~0ull };
		assert_int_equal(mmio_forward(NULL, &r, 0x10, &a), MMIO_DONE);
		assert_int_equal(a.value, 0x8877665544332211ull & (~0ull >> (64 - 8 * width)));
		assert_int_equal(hardware[0x0f], 0x11);
		assert_int_equal(hardware[0x10 + width], 0x11);
		assert_int_equal(mmio_forward(NULL, &r, 0x11, &a), width == 1 ? MMIO_DONE : MMIO_DENIED);

		r.widths = (u32)(0xf & ~width);
		assert_int_equal(mmio_forward(NULL, &r, 0x10, &a), MMIO_DENIED);
		r.widths = 0xf;
		r.flags = BLOB_MMIO_READ_ONLY;
		assert_int_equal(mmio_forward(NULL, &r, 0x10, &a), MMIO_DONE);
		a.write = true;
		assert_int_equal(mmio_forward(NULL, &r, 0x10, &a), MMIO_DENIED);
		r.flags = 0;
	}
}

/* [ISO-360] a write changes the bits of its mask; those beside them stay, and a read sees all */
static void masked(void **state)
{
	const u64 host = FAKE_DEVICE_BASE + 0x5100;
	struct mmio_region r = { .gpa = range_make(0x1100, 4), .host = host, .widths = 4 };
	u8 *hardware = fake_memory(host);

	(void)state;
	for (u32 i = 0; i < 64; i++) {
		u32 bit = 1u << i % 32, keep = i < 32 ? bit : ~bit, old = 0x5a5a1234u * (i + 1), new = 0xc3a50f96u ^ (i << 7);
		struct mmio_access a = { .width = 4, .write = true, .value = new | 0xffull << 32 };
		u32 now;

		r.keep = keep;
		memcpy(hardware, &old, 4);
		memset(hardware + 4, 0x11, 4);
		assert_int_equal(mmio_forward(NULL, &r, 0, &a), MMIO_DONE);
		memcpy(&now, hardware, 4);
		assert_int_equal(now & keep, old & keep);
		assert_int_equal(now & ~keep, new & ~keep);
		assert_int_equal(hardware[4], 0x11);
		a = (struct mmio_access){ .width = 4 };
		assert_int_equal(mmio_forward(NULL, &r, 0, &a), MMIO_DONE);
		assert_int_equal(a.value, now);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lookup, setup),
		cmocka_unit_test_setup(full, setup),
		cmocka_unit_test_setup(forward, setup),
		cmocka_unit_test_setup(masked, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
