/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * own.c: the hypervisor's own tables, in RISC-V's format, walked as its hardware does. The claim is memory of this process, since tables
 * are found by the addresses in them.
 */
#include "unit.h"

#include <sys/mman.h>

#include "fake/fake.h"

static void *pages(u32 count);
#define init_pages pages
#define own_build tested_own_build
#define own_map_device tested_own_map_device
#include "../../hypervisor/core/own.c"

#define BLOCK 0x10000000ull
#define TEXT_PAGES 10
#define RODATA_PAGES 4
#define DATA_PAGES 8
#define BLOB_PAGES 2
#define CPUS 3
#define CLAIM_PAGES 100
/* Low bits of an entry. */
#define READ 2u
#define WRITE 4u
#define EXECUTE 8u

static u64 base; /* of the claim */
static struct boot_block *boot;

static int setup(void **state)
{
	(void)state;
	return mmap((void *)BLOCK, BLOCK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) !=
	       (void *)BLOCK;
}

static int build(u32 first_page, u32 claim_pages)
{
	memset((void *)BLOCK, 0, BLOCK_SIZE);
	base = BLOCK + first_page * PAGE_SIZE;
	boot = (struct boot_block *)(base + (TEXT_PAGES + RODATA_PAGES + DATA_PAGES) * PAGE_SIZE);
	boot->magic = BOOT_MAGIC;
	boot->memory_base = base;
	boot->memory_size = claim_pages * PAGE_SIZE;
	boot->blob_size = (BLOB_PAGES - 1) * PAGE_SIZE + 8;
	boot->cpu_count = CPUS;
	boot_block = boot;
	return own_build(boot, base, base + TEXT_PAGES * PAGE_SIZE, base + (TEXT_PAGES + RODATA_PAGES) * PAGE_SIZE);
}

static u64 percpu(u32 cpu)
{
	return (u64)boot + (1 + BLOB_PAGES) * PAGE_SIZE + cpu * PERCPU_SIZE;
}

/* Rights on this CPU; 0: not mapped. All that is mapped is where it is. */
static u32 rights(u32 cpu, u64 va)
{
	u64 *table = (u64 *)(percpu(cpu) + PERCPU_TABLES);

	for (u32 shift = 30;; shift -= 9) {
		u64 pte = table[va >> shift & 511], at = pte >> 10 << 12;

		if (!(pte & 1))
			return 0;
		if (pte & (READ | WRITE | EXECUTE)) {
			assert_int_equal(at, va >> shift << shift);
			assert_int_equal(pte & 0x30, 0); /* no guest's, not global */
			return pte & (READ | WRITE | EXECUTE);
		}
		assert_true(shift > 12);
		table = (u64 *)at;
	}
}

static u32 wanted(u32 cpu, u32 page)
{
	const u32 rodata = TEXT_PAGES, data = rodata + RODATA_PAGES, blob = data + DATA_PAGES + 1, first = blob + BLOB_PAGES;
	const u32 each = PERCPU_SIZE / PAGE_SIZE;

	if (page < first)
		return page < rodata ? READ | EXECUTE : page < data ? READ : page < blob ? READ | WRITE : READ;
	if (page >= first + CPUS * each || (page - first) / each == cpu)
		return READ | WRITE;
	/* another's: the tables above the last */
	page = (page - first) % each;
	return page >= PERCPU_TABLES / PAGE_SIZE && page < each - 1 ? READ | WRITE : 0;
}

/* [ISO-140] text is not writable, nothing else executable, and what is private to a CPU is mapped on no other */
static void tables(void **state)
{
	static const u32 places[] = { 0, 100, 512 - CLAIM_PAGES };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(places); i++) {
		assert_int_equal(build(places[i], CLAIM_PAGES), 0);
		for (u32 cpu = 0; cpu < CPUS; cpu++) {
			const struct cpu *c = (struct cpu *)(percpu(cpu) + PERCPU_CPU);

			for (u32 page = 0; page < 512; page++) {
				bool ours = page >= places[i] && page < places[i] + CLAIM_PAGES;

				assert_int_equal(rights(cpu, BLOCK + page * PAGE_SIZE), ours ? wanted(cpu, page - places[i]) : 0);
			}
			/* the window is this CPU's, and shows nothing yet */
			assert_int_equal(c->window_va & ~(BLOCK_SIZE - 1), BLOCK);
			assert_ptr_equal(c->window, (u64 *)(percpu(cpu) + PERCPU_SIZE - PAGE_SIZE) + (c->window_va - BLOCK) / PAGE_SIZE);
			for (u32 page = 0; page < WINDOW_PAGES; page++) {
				assert_int_equal(rights(cpu, c->window_va + page * PAGE_SIZE), 0);
				assert_false(range_contains(range_make(base, CLAIM_PAGES * PAGE_SIZE),
							    range_make(c->window_va + page * PAGE_SIZE, PAGE_SIZE)));
			}
		}
	}
}

/* [ISO-140] a claim without room, or that is not what the driver says, is refused */
static void refused(void **state)
{
	(void)state;
	assert_int_equal(build(WINDOW_PAGES - 1, 512 - 2 * (WINDOW_PAGES - 1)), -BH_ERANGE);
	assert_int_equal(build(WINDOW_PAGES, 512 - 2 * WINDOW_PAGES + 1), 0);
	assert_int_equal(build(412, 101), -BH_ERANGE);
	assert_int_equal(build(0, TEXT_PAGES + RODATA_PAGES + DATA_PAGES + 1 + BLOB_PAGES + CPUS * PERCPU_SIZE / PAGE_SIZE), -BH_ERANGE);
	assert_int_equal(build(0, CLAIM_PAGES), 0);
	for (u32 wrong = 0; wrong < 4; wrong++) {
		struct boot_block good = *boot;

		boot->magic += wrong == 0;
		boot->memory_base += wrong == 1;
		boot->cpu_count = wrong == 2 ? 0 : wrong == 3 ? BULKHEAD_MAX_CPUS + 1 : CPUS;
		assert_int_equal(own_build(boot, base, base, base), -BH_EINVAL);
		*boot = good;
	}
}

static u8 pool[8][PAGE_SIZE] __attribute__((aligned(4096)));
static u32 taken;

static void *pages(u32 count)
{
	taken += count;
	assert_true(taken <= ARRAY_SIZE(pool));
	return pool[taken - count];
}

/* [ISO-140] registers are mapped on all CPUs, without execution, and only they */
static void devices(void **state)
{
	static const struct range at[] = {
		{ 0x20001000, 0x2000 },              /* in the hypervisor's own GiB */
		{ 0x201ff000, 0x202000 },            /* a page, a block, a page */
		{ 0x80400800, 0x100 },               /* less than a page */
		{ BIT64(38) - PAGE_SIZE, PAGE_SIZE } /* the last */
	};

	(void)state;
	assert_int_equal(build(0, CLAIM_PAGES), 0);
	for (u32 i = 0; i < ARRAY_SIZE(at); i++)
		assert_int_equal(own_map_device(at[i]), 0);
	for (u32 cpu = 0; cpu < CPUS; cpu++) {
		for (u32 i = 0; i < ARRAY_SIZE(at); i++) {
			u64 first = page_base(at[i].start), last = page_base(range_last(at[i]));

			for (u64 va = first; va <= last; va += PAGE_SIZE)
				assert_int_equal(rights(cpu, va), READ | WRITE);
			if (i != 1) /* behind the first: the second */
				assert_int_equal(rights(cpu, first - PAGE_SIZE), 0);
			if (i < 3)
				assert_int_equal(rights(cpu, last + PAGE_SIZE), 0);
		}
	}
	assert_int_equal(own_map_device(range_make(BIT64(38) - PAGE_SIZE, 2 * PAGE_SIZE)), -BH_ERANGE);
	assert_int_equal(own_map_device(range_make(BIT64(40), PAGE_SIZE)), -BH_ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(tables), cmocka_unit_test(refused), cmocka_unit_test(devices) };

	return cmocka_run_group_tests(tests, setup, NULL);
}
