/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RISC-V second stage: core's walker over the real entries, judged by what harts are allowed to remember. QEMU flushes more
 * than it has to and cannot show a missing fence; here a translation that was valid stays in the TLB of this hart until its
 * own fence, and in that of the others until firmware's, both after a fence that orders the store before them.
 */
#define arch_stage2_geometry riscv_stage2_geometry
#define arch_pte_fill riscv_pte_fill
#define arch_pte_decode riscv_pte_decode
#define arch_pte_link riscv_pte_link
#define arch_stage2_flush riscv_stage2_flush
#define arch_cell_create riscv_cell_create
#define arch_cell_stage2 riscv_cell_stage2
#define pgtable_map riscv_pgtable_map
#define pgtable_map_part riscv_pgtable_map_part
#define pgtable_unmap riscv_pgtable_unmap
#define pgtable_query riscv_pgtable_query
#define pgtable_covers riscv_pgtable_covers
#define pgtable_count_map riscv_pgtable_count_map
#define pgtable_count_unmap riscv_pgtable_count_unmap
#define pgtable_worst_unmap riscv_pgtable_worst_unmap
#define pgtable_small_pages riscv_pgtable_small_pages
#include "riscv.h"

#include "../../hypervisor/arch/riscv/stage2.c"

static u64 riscv_pte_table(struct pa table)
{
	u64 entry = 0;

	riscv_pte_link(&entry, table);
	return entry;
}

static void judged_pte_fill(u64 *entry, u32 count, u32 level, struct pa pa, u64 step, u32 flags);
static void judged_pte_link(u64 *entry, struct pa table);
#undef arch_pte_fill
#undef arch_pte_link
#define arch_pte_fill judged_pte_fill
#define arch_pte_link judged_pte_link
#include "../../hypervisor/core/pgtable.c"

#define ROOT FAKE_RAM_BASE
#define PAGES_JUDGED 32 /* the root's, then the pool's */
#define POOL (ROOT + ROOT_PAGES * PAGE_SIZE)

enum { HERE = 1, OTHERS = 2, EVERYWHERE = 3 };

static struct cell cell_table[2];
static struct pgtable *const t = &cell_table[1].stage2;

#include "judge.h"

/* --- the judge ---------------------------------------------------------------------------------------------------------- */

static bool judge_is_valid(u64 pte)
{
	return pte & PTE_V;
}

static u32 judge_table_of(u64 pte)
{
	u64 at = PTE_ADDRESS(pte) - ROOT;

	return (pte & PTE_V) && !(pte & PTE_RWX) && at < PAGES_JUDGED * PAGE_SIZE ? (u32)(at >> PAGE_SHIFT) : PAGES_JUDGED;
}

static void visible(bool everything)
{
	look();
	for (u32 i = 0; i < ENTRIES && judge.unordered_count != 0; i++)
		if (judge.unordered[i] && (everything || judge.reached[i / 512]))
			violate("an entry was left unordered");
}

/* A change of the tables is over. */
static void settled(void)
{
	visible(false); /* pages of the pool are no tables */
	for (u32 i = 0; i < ENTRIES && judge.stale_count != 0; i++)
		if (judge.stale[i])
			violate(judge.stale[i] == HERE ? "no fence here" : judge.stale[i] == OTHERS ? "no fence elsewhere" : "no fence");
}

static void judged_pte_fill(u64 *entry, u32 count, u32 level, struct pa pa, u64 step, u32 flags)
{
	riscv_pte_fill(entry, count, level, pa, step, flags);
	visible(true);
}

static void judged_pte_link(u64 *entry, struct pa table)
{
	riscv_pte_link(entry, table);
	visible(true);
}

/* --- the hart and its firmware ------------------------------------------------------------------------------------------ */

static u64 hgatp;
static u32 modes; /* of hgatp, bit per mode */

void fence_memory(void)
{
	ordered();
}

void fence_stage2(void)
{
	forget(HERE);
}

/* Firmware leaves out the caller here, though it may not. */
struct sbi_result sbi_call(u64 eid, u64 fid, u64 arg0, u64 arg1, u64 arg2, u64 arg3, u64 arg4)
{
	assert_int_equal(eid, SBI_EXT_RFENCE);
	if (fid == SBI_RFENCE_HFENCE_GVMA && arg1 == SBI_ALL_HARTS && ((arg2 == 0 && arg3 == 0) || arg3 == ~0ull))
		forget(OTHERS);
	return (struct sbi_result){ SBI_SUCCESS, 0 };
}

/* What is written in a mode that is not there reads back as another one; the root's alignment is in the address. */
u64 swap_csr(u32 csr, u64 value)
{
	u64 before = hgatp;

	assert_int_equal(csr, CSR_HGATP);
	hgatp = (modes >> (value >> ATP_MODE_SHIFT) & 1 ? value : value << 4 >> 4) & ~3ull;
	return before;
}

void aia_cell_create(struct cell *cell, const struct cell_plan *plan)
{
}

/* --- tables under test -------------------------------------------------------------------------------------------------- */

static void start(u64 limit)
{
	struct pg_geometry g;

	fake_reset();
	modes = BIT64(ATP_MODE_BARE) | BIT64(ATP_MODE_SV39) | BIT64(ATP_MODE_SV48);
	hgatp = 0;
	memset(cell_table, 0, sizeof(cell_table));
	cells = cell_table;
	cell_capacity = 2;
	cell_table[1].id = 1;
	pool_init(&pool);
	assert_int_equal(riscv_stage2_geometry(limit, &g), 0);
	assert_int_equal(pool_donate(&pool, range_make(POOL, (PAGES_JUDGED - ROOT_PAGES - 1) * PAGE_SIZE)), 0);
	memset(fake_memory(ROOT), 0, g.root_pages * PAGE_SIZE);
	*t = (struct pgtable){ .root = { ROOT }, .geometry = g, .pool = &pool, .owner = 1, .live = true };
	base = (600ull << g.shift[0]) - PAGES / 2 * PAGE_SIZE; /* not in the root's first page */
	model_reset();
	judge_reset();
}

/* What the tables' bits mean to the hardware, found without stage2.c; false: a guest-page fault. */
static bool hardware_walk(u64 gpa, u64 *pa, u32 *flags)
{
	u64 table = ROOT, mask = ROOT_ENTRIES - 1;

	for (u32 shift = t->geometry.levels == 3 ? 30 : 39;; shift -= 9, mask = 511) {
		u64 pte = ((u64 *)fake_memory(table))[gpa >> shift & mask];

		if (!(pte & 1) || pte >> 54 != 0)
			return false;
		u64 at = (pte >> 10 & GENMASK64(43, 0)) << 12;
		if (!(pte & 0xe)) {
			assert_int_equal(pte & 0xf0, 0); /* reserved in a table's entry */
			assert_true(shift > 12);
			table = at;
			continue;
		}
		assert_int_equal(pte & 0xd0, 0xd0); /* D, A, U: nobody sets them later */
		assert_int_equal(at & (BIT64(shift) - 1), 0);
		*pa = at + (gpa & (BIT64(shift) - 1));
		*flags = (pte & 2 ? PG_READ : 0u) | (pte & 4 ? PG_WRITE : 0u) | (pte & 8 ? PG_EXEC : 0u);
		return true;
	}
}

/* --- tests -------------------------------------------------------------------------------------------------------------- */

static void raw(u32 i, u64 pte)
{
	((u64 *)fake_memory(ROOT))[i] = pte;
}

static void others(void)
{
	(void)sbi_call(SBI_EXT_RFENCE, SBI_RFENCE_HFENCE_GVMA, 0, SBI_ALL_HARTS, 0, SBI_ALL_HARTS, 0);
}

/* [HARN-001] the judge: the right order passes, and leaving out any one step is called by its name */
static void judge_steps(void **state)
{
	static const char *const missed[] = { "a live entry became another", "no fence", "no fence here", "no fence elsewhere" };
	const u64 leaf = PTE_OF(0x80000000ull) | 0xdf;

	(void)state;
	for (u32 without = 0; without <= ARRAY_SIZE(missed); without++) {
		start(BIT64(40));
		raw(5, leaf);
		fence_memory();
		raw(5, without != 0 ? 0 : leaf ^ PTE_W);
		if (without != 1)
			fence_memory();
		if (without != 2)
			fence_stage2();
		if (without != 3)
			others();
		if (without == 1) /* too late */
			fence_memory();
		settled();
		if (without < ARRAY_SIZE(missed))
			assert_string_equal(judge.violation, missed[without]);
	}
	assert_null(judge.violation);
	raw(5, leaf);
	settled();
	assert_string_equal(judge.violation, "an entry was left unordered");
	start(BIT64(40));
	raw(5, leaf);
	look();
	raw(5, 0);
	look();
	raw(5, leaf ^ PTE_W);
	look();
	assert_string_equal(judge.violation, "an entry was made before its former translation was gone");
	u64 table = riscv_pte_table((struct pa){ POOL });
	start(BIT64(40));
	raw(ROOT_ENTRIES, leaf);
	raw(5, table);
	look();
	assert_string_equal(judge.violation, "a table was shown before its entries");
}

/* [ISO-130] random changes of live tables: fences in order, and the bits mean to the hardware what was asked for */
static void random_changes(void **state)
{
	static const u64 limits[] = { BIT64(41), BIT64(50) };

	(void)state;
	for (u32 g = 0; g < ARRAY_SIZE(limits); g++) {
		start(limits[g]);
		seed = g + 1;
		for (u32 i = 0; i < 500; i++) {
			apply(random_change(PG_READ | PG_EXEC));
			if (i % 50 == 0)
				compare(hardware_walk);
		}
		apply(whole(RWX));
		compare(hardware_walk);
	}
}

/* [ISO-130] blocks of every size: split, given away, merged again */
static void blocks(void **state)
{
	const u64 big = 512ull << 30;

	(void)state;
	start(BIT64(50));
	apply((struct change){ big, big, big, RWX });
	assert_int_equal(pool.used, 0);
	apply((struct change){ big + (5ull << 30) + 0x7000, 0, 0x1000, 0 });
	assert_int_equal(pool.used, 3);
	u64 pa;
	u32 flags;
	assert_false(hardware_walk(big + (5ull << 30) + 0x7000, &pa, &flags));
	assert_true(hardware_walk(big + (5ull << 30) + 0x8000, &pa, &flags));
	assert_int_equal(pa, big + (5ull << 30) + 0x8000);
	apply((struct change){ big + (5ull << 30) + 0x7000, big + (5ull << 30) + 0x7000, 0x1000, RWX });
	assert_int_equal(pool.used, 0);
	apply((struct change){ big, 0, big, 0 });
}

static u32 valid_in_root(void)
{
	u32 count = 0;

	for (u32 i = 0; i < ROOT_ENTRIES; i++)
		count += (((u64 *)fake_memory(ROOT))[i] & PTE_V) != 0;
	return count;
}

/* [ISO-130] a cell's tables taken out of effect translate nothing on any hart; they come back as they were */
static void off_and_on(void **state)
{
	static u64 before[ROOT_ENTRIES];

	(void)state;
	start(BIT64(41));
	apply((struct change){ 0, 0x80000000, 1ull << 30, RWX });
	apply((struct change){ 1500ull << 30, 0xc0000000, 0x5000, PG_READ });
	apply((struct change){ 2047ull << 30, 0x100000000, 1ull << 30, RWX });
	memcpy(before, fake_memory(ROOT), sizeof(before));
	assert_int_equal(valid_in_root(), 3);
	riscv_cell_stage2(&cell_table[1], false);
	settled();
	assert_int_equal(valid_in_root(), 0);
	/* core still finds what is in them */
	struct pa pa;
	u32 flags;
	assert_true(pgtable_query(t, (struct gpa){ (1500ull << 30) + 0x4000 }, &pa, &flags));
	assert_int_equal(pa.v, 0xc0004000);
	apply((struct change){ 0, 0, 1ull << 30, 0 });
	apply((struct change){ 0, 0x80000000, 1ull << 30, RWX });
	riscv_cell_stage2(&cell_table[1], true);
	settled();
	assert_null(judge.violation);
	assert_memory_equal(before, fake_memory(ROOT), sizeof(before));
}

/* [ISO-130] every flush reaches this hart and all others, whoever is flushed */
static void flush(void **state)
{
	(void)state;
	for (u16 owner = 0; owner < 2; owner++) {
		start(BIT64(41));
		apply(whole(RWX));
		raw((u32)(base >> 30), 0);
		riscv_stage2_flush(owner);
		settled();
		assert_null(judge.violation);
	}
}

/* [ISO-131] entries: what goes in comes out, for each kind, address and right */
static void entries(void **state)
{
	static const u64 addresses[] = { PAGE_SIZE, 0x80200000, BIT64(40), BIT64(56) - 3 * PAGE_SIZE };
	u64 entry[3];
	struct pa pa;
	u32 flags;

	(void)state;
	start(BIT64(41));
	assert_int_equal(riscv_pte_decode(2, 0, &pa, &flags), PTE_EMPTY);
	for (u32 a = 0; a < ARRAY_SIZE(addresses); a++) {
		u64 table = riscv_pte_table((struct pa){ addresses[a] });

		assert_int_equal(riscv_pte_decode(0, table, &pa, &flags), PTE_TABLE);
		assert_int_equal(pa.v, addresses[a]);
		assert_int_equal(table & 0x3ff, 1);
		for (u32 rights = PG_READ; rights <= RWX; rights += PG_WRITE) { /* write only is reserved */
			riscv_pte_fill(entry, 3, 2, (struct pa){ addresses[a] }, PAGE_SIZE, rights | (a % 2 ? PG_DEVICE : 0));
			for (u32 i = 0; i < 3; i++) {
				assert_int_equal(riscv_pte_decode(2, entry[i], &pa, &flags), PTE_LEAF);
				assert_int_equal(pa.v, addresses[a] + i * PAGE_SIZE);
				assert_int_equal(flags, rights);
				assert_int_equal(entry[i] >> 54, 0);
			}
		}
	}
	/* without the valid bit it is the same thing to core, and nothing to the hardware */
	assert_int_equal(riscv_pte_decode(0, riscv_pte_table((struct pa){ 0x1000 }) & ~1ull, &pa, &flags), PTE_TABLE);
	assert_int_equal(riscv_pte_decode(0, entry[0] & ~1ull, &pa, &flags), PTE_LEAF);
}

/* [ISO-131] the shortest tables that reach far enough and the hart has; hgatp is as it was */
static void geometry(void **state)
{
	struct pg_geometry g;

	(void)state;
	start(BIT64(41));
	hgatp = 0x1230;
	for (u64 limit = BIT64(32); limit <= BIT64(41); limit <<= 9) {
		assert_int_equal(riscv_stage2_geometry(limit, &g), 0);
		assert_int_equal(g.levels, 3);
		assert_int_equal(g.shift[0], 30);
		assert_int_equal(g.min_block_level, 0);
	}
	assert_int_equal((u64)g.entries[0] << g.shift[0], BIT64(41));
	assert_int_equal(g.root_pages * PAGE_SIZE, 16 << 10);
	assert_int_equal(riscv_stage2_geometry(BIT64(41) + 1, &g), 0);
	assert_int_equal(g.levels, 4);
	assert_int_equal((u64)g.entries[0] << g.shift[0], BIT64(50));
	assert_int_equal(g.root_pages * PAGE_SIZE, 16 << 10);
	assert_int_equal(riscv_stage2_geometry(BIT64(50) + 1, &g), -BH_ERANGE);
	modes &= ~(u32)BIT64(ATP_MODE_SV39);
	assert_int_equal(riscv_stage2_geometry(BIT64(41), &g), 0);
	assert_int_equal(g.levels, 4);
	modes = BIT64(ATP_MODE_SV39) | BIT64(ATP_MODE_BARE);
	assert_int_equal(riscv_stage2_geometry(BIT64(41) + 1, &g), -BH_ERANGE);
	assert_int_equal(hgatp, 0x1230);
}

/* [ISO-131] a cell's hgatp names its tables, in the mode they are for, and no other cell's VMID */
static void names(void **state)
{
	(void)state;
	for (u32 n = 0; n < 2; n++) {
		start(n == 0 ? BIT64(41) : BIT64(50));
		cell_table[0].stage2 = *t;
		cell_table[0].stage2.root.v = 0x80004000;
		for (u32 i = 0; i < 2; i++) {
			riscv_cell_create(&cell_table[i], NULL);
			u64 value = cell_table[i].arch.hgatp;
			assert_int_equal(value >> 60, n == 0 ? ATP_MODE_SV39 : ATP_MODE_SV48);
			assert_int_equal((value & ATP_PPN) << PAGE_SHIFT, i == 0 ? 0x80004000 : ROOT);
			assert_int_equal(value >> HGATP_VMID_SHIFT & 0x3fff, i + 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge_steps), cmocka_unit_test(random_changes), cmocka_unit_test(blocks),   cmocka_unit_test(off_and_on),
		cmocka_unit_test(flush),       cmocka_unit_test(entries),        cmocka_unit_test(geometry), cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
