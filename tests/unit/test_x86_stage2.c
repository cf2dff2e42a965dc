/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * x86 second stage: core's walker over the real entries, judged by what CPUs are allowed to remember. QEMU drops all translations at
 * each entry of a guest and cannot show a missing flush; here a CPU keeps what it had until it enters its guest with a flush.
 * Who else is at work while a flush is under way is the matter of test_x86_flush.c.
 */
#define arch_facts x86_facts
#define arch_counter x86_counter
#define arch_cpu_kick x86_cpu_kick
#define arch_stage2_geometry x86_stage2_geometry
#define arch_pte_fill x86_pte_fill
#define arch_pte_decode x86_pte_decode
#define arch_pte_link x86_pte_link
#define arch_stage2_flush x86_stage2_flush
#define arch_cell_create x86_cell_create
#define arch_cell_stage2 x86_cell_stage2
#define pgtable_map x86_pgtable_map
#define pgtable_map_part x86_pgtable_map_part
#define pgtable_unmap x86_pgtable_unmap
#define pgtable_query x86_pgtable_query
#define pgtable_covers x86_pgtable_covers
#define pgtable_count_map x86_pgtable_count_map
#define pgtable_count_unmap x86_pgtable_count_unmap
#define pgtable_worst_unmap x86_pgtable_worst_unmap
#define pgtable_small_pages x86_pgtable_small_pages
#include "x86.h"

#include "../../hypervisor/arch/x86/stage2.c"

/* The IO-APIC is the matter of test_x86_ioapic.c. */
void port_doors_close(struct pa root_map)
{
	(void)root_map;
}

void ioapic_cell_create(struct cell *cell, const struct cell_plan *plan)
{
	(void)cell;
	(void)plan;
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

#define CPUS 4       /* the first manages; two are the cell's under test, the last is another's */
#define EVERYWHERE 6 /* CPUs that can remember, bit per CPU: the cell's */
#define PATIENCE 1000

static struct cell cell_table[3];
static struct pgtable *const t = &cell_table[1].stage2;

#include "judge.h"

static bool judge_is_valid(u64 pte)
{
	return pte & PTE_P;
}

static u32 judge_table_of(u64 pte)
{
	u64 at = PTE_ADDRESS(pte) - ROOT;

	return (pte & PTE_P) && !(pte & PTE_PS) && at < PAGES_JUDGED * PAGE_SIZE ? (u32)(at >> PAGE_SHIFT) : PAGES_JUDGED;
}

static void judged_pte_fill(u64 *entry, u32 count, u32 level, struct pa pa, u64 step, u32 flags)
{
	x86_pte_fill(entry, count, level, pa, step, flags);
	ordered(); /* as all stores are */
}

static void judged_pte_link(u64 *entry, struct pa table)
{
	x86_pte_link(entry, table);
	ordered();
}

/* --- CPUs --------------------------------------------------------------------------------------------------------------- */

struct arch_facts x86_facts;
static struct cpu_slot slots[CPUS];
static struct cpu cpu_of[CPUS];
static u32 kicked, kicks;
static u32 pauses;
static u64 cr4;

u64 read_cr4(void)
{
	return cr4;
}

void fence_all(void)
{
	ordered();
}

u64 x86_counter(void)
{
	return 0;
}

void x86_cpu_kick(const struct cpu_slot *slot)
{
	kicked |= 1u << slot->index;
	kicks++;
}

static void cpu_enter(u32 index)
{
	if (stage2_enter(&cpu_of[index]))
		forget((u8)(1u << index));
	judge.running |= (u8)(1u << index);
	if (judge.stale_count != 0)
		reach_all();
	for (u32 i = 0; i < ENTRIES && judge.stale_count != 0; i++)
		if (judge.stale[i] & (1u << index))
			violate("a CPU enters its guest with what was unmapped");
}

static void cpu_leave(u32 index)
{
	stage2_leave(&cpu_of[index]);
	judge.running &= (u8) ~(1u << index);
	reach_all();
}

/* The flush waits: the others go on, one each time. */
void cpu_pause(void)
{
	static u32 turn;

	assert_true(++pauses < PATIENCE);
	turn = (turn + 1) % CPUS;
	if (!(kicked & (1u << turn)))
		return;
	kicked &= ~(1u << turn);
	pauses = 0;
	cpu_leave(turn);
	cpu_enter(turn);
}

/* A change of the tables is over. */
static void settled(void)
{
	look();
	for (u32 i = 0; i < ENTRIES && judge.stale_count != 0; i++)
		if (judge.stale[i] & judge.running)
			violate("a CPU runs with what was unmapped");
	/* kicks that were not waited for are taken, too */
	for (u32 i = 0; i < CPUS; i++)
		cpu_pause();
	pauses = 0;
}

/* --- tables under test -------------------------------------------------------------------------------------------------- */

static void start(void)
{
	static const u32 owners[CPUS] = { 0, 1, 1, 2 };
	struct pg_geometry g;

	fake_reset();
	memset(cell_table, 0, sizeof(cell_table));
	memset(slots, 0, sizeof(slots));
	memset(run_count, 0, sizeof(run_count));
	memset(flush_wanted, 0, sizeof(flush_wanted));
	kicked = kicks = pauses = 0;
	x86_facts.counter_hz = 1;
	cells = cell_table;
	cell_capacity = 3;
	cpu_slots = slots;
	cpu_count = CPUS;
	for (u32 i = 0; i < CPUS; i++) {
		cpu_of[i].index = slots[i].index = i;
		slots[i].cell = &cell_table[owners[i]];
	}
	for (u16 i = 0; i < 3; i++)
		cell_table[i].id = i;
	pool_init(&pool);
	assert_int_equal(x86_stage2_geometry(BIT64(48), &g), 0);
	assert_int_equal(pool_donate(&pool, range_make(POOL, (PAGES_JUDGED - ROOT_PAGES - 1) * PAGE_SIZE)), 0);
	memset(fake_memory(ROOT), 0, ROOT_PAGES * PAGE_SIZE);
	*t = (struct pgtable){ .root = { ROOT }, .geometry = g, .pool = &pool, .owner = 1, .live = true };
	base = (100ull << 39) - PAGES / 2 * PAGE_SIZE; /* on both sides of an entry of the root */
	model_reset();
	judge_reset();
	judge.running = 0;
}

/* What the tables' bits mean to the hardware, found without stage2.c (APM vol. 2, 5.3, 15.25); false: a nested page fault. */
static bool hardware_walk(u64 gpa, u64 *pa, u32 *flags)
{
	u64 table = ROOT;
	bool write = true, execute = true;

	for (u32 shift = 39;; shift -= 9) {
		u64 pte = ((u64 *)fake_memory(table))[gpa >> shift & 511];
		u64 at = pte & 0xffffffffff000ull;

		if (!(pte & 1))
			return false;
		assert_true(pte & 4); /* the walk is a user's */
		assert_true(pte & 0x20);
		write = write && (pte & 2);
		execute = execute && !(pte >> 63);
		if (shift == 39)
			assert_int_equal(pte & 0x80, 0);
		if (shift > 12 && !(pte & 0x80)) {
			table = at;
			continue;
		}
		assert_true(pte & 0x40);
		assert_int_equal(at & (BIT64(shift) - 1), 0);
		*pa = at + (gpa & (BIT64(shift) - 1));
		*flags = PG_READ | (write ? PG_WRITE : 0u) | (execute ? PG_EXEC : 0u);
		return true;
	}
}

/* --- tests -------------------------------------------------------------------------------------------------------------- */

static void raw(u32 i, u64 pte)
{
	((u64 *)fake_memory(ROOT))[i] = pte;
}

/* [HARN-001] the judge: a flush passes; without any of its steps it says which CPU still has what */
static void judge_steps(void **state)
{
	static const char *const missed[] = { NULL, "a CPU runs with what was unmapped", "a CPU enters its guest with what was unmapped",
					      "a live entry became another" };
	const u64 leaf = 0x80000000ull | PTE_P | PTE_U | PTE_PS;

	(void)state;
	for (u32 without = 0; without < ARRAY_SIZE(missed); without++) {
		start();
		raw(5, leaf);
		ordered();
		if (without != 2)
			cpu_enter(1);
		raw(5, without == 3 ? leaf | PTE_W : 0);
		if (without == 0)
			x86_stage2_flush(1);
		settled();
		if (without == 2)
			cpu_enter(2);
		if (missed[without] == NULL)
			assert_null(judge.violation);
		else
			assert_string_equal(judge.violation, missed[without]);
	}
}

/* [ISO-340] random changes of live tables while CPUs come and go: who runs has dropped it, who enters later drops it first */
static void random_changes(void **state)
{
	(void)state;
	start();
	seed = 1;
	for (u32 i = 0; i < 300; i++) {
		for (u32 cpu = 1; cpu < CPUS; cpu++) {
			if (random_below(3) != 0)
				continue;
			if (judge.running & (1u << cpu))
				cpu_leave(cpu);
			else
				cpu_enter(cpu);
		}
		apply(random_change(PG_READ | PG_WRITE));
		if (i % 50 == 0)
			compare(hardware_walk);
	}
	apply(whole(RWX));
	compare(hardware_walk);
}

/* [ISO-340] a flush asks exactly the CPUs that run its owner's guest, and all that have its tables */
static void flush(void **state)
{
	(void)state;
	for (u32 running = 0; running < 1u << CPUS; running += 2) {
		for (u16 owner = 0; owner < 3; owner++) {
			u32 owners = owner == 0 ? 1 : owner == 1 ? 6 : 8;

			start();
			for (u32 i = 1; i < CPUS; i++)
				if (running & (1u << i))
					cpu_enter(i);
			x86_stage2_flush(owner);
			assert_int_equal(kicks, __builtin_popcount(running & owners));
			assert_int_equal(judge.running, running);
			for (u32 i = 0; i < CPUS; i++)
				assert_int_equal(flush_wanted[i], (owners & ~running) >> i & 1);
			for (u32 i = 0; i < CPUS; i++)
				assert_int_equal(stage2_enter(&cpu_of[i]), (owners & ~running) >> i & 1);
		}
	}
	start();
	stage2_forget(&cpu_of[3]); /* it changes owner */
	assert_true(stage2_enter(&cpu_of[3]));
	stage2_leave(&cpu_of[3]);
	assert_false(stage2_enter(&cpu_of[3]));
}

static u32 valid_in_root(void)
{
	u32 count = 0;

	for (u32 i = 0; i < 512; i++)
		count += (((u64 *)fake_memory(ROOT))[i] & PTE_P) != 0;
	return count;
}

/* [ISO-340] a cell's tables taken out of effect translate nothing on any CPU; they come back as they were */
static void off_and_on(void **state)
{
	static u64 before[512];

	(void)state;
	start();
	apply((struct change){ 0, 0x80000000, 1ull << 30, RWX });
	apply((struct change){ 1500ull << 30, 0xc0000000, 0x5000, PG_READ });
	memcpy(before, fake_memory(ROOT), sizeof(before));
	assert_int_equal(valid_in_root(), 2);
	cpu_enter(1);
	x86_cell_stage2(&cell_table[1], false);
	settled();
	assert_int_equal(valid_in_root(), 0);
	/* core still finds what is in them */
	struct pa pa;
	u32 flags;
	assert_true(pgtable_query(t, (struct gpa){ (1500ull << 30) + 0x4000 }, &pa, &flags));
	assert_int_equal(pa.v, 0xc0004000);
	apply((struct change){ 0, 0, 1ull << 30, 0 });
	apply((struct change){ 0, 0x80000000, 1ull << 30, RWX });
	x86_cell_stage2(&cell_table[1], true);
	settled();
	assert_null(judge.violation);
	assert_memory_equal(before, fake_memory(ROOT), sizeof(before));
}

/* [ISO-341] entries: what goes in comes out, for each kind, address and right; none is memory of a wider right */
static void entries(void **state)
{
	static const u64 addresses[] = { PAGE_SIZE, 0x40000000, 0x8040000000ull, BIT64(48) - BIT64(30) };
	u64 entry[3];
	struct pa pa;
	u32 flags;

	(void)state;
	start();
	assert_int_equal(x86_pte_decode(2, 0, &pa, &flags), PTE_EMPTY);
	for (u32 a = 0; a < ARRAY_SIZE(addresses); a++) {
		u64 table = 0;

		x86_pte_link(&table, (struct pa){ addresses[a] });
		assert_int_equal(x86_pte_decode(0, table, &pa, &flags), PTE_TABLE);
		assert_int_equal(pa.v, addresses[a]);
		assert_int_equal(table & ~GENMASK64(51, 12), 0x27); /* P, W, U, A: rights are the leaf's */
		for (u32 level = 1; level < 4; level++) {
			for (u32 n = 0; n < 8; n++) {
				u32 rights = PG_READ | (n & 1 ? PG_WRITE : 0) | (n & 2 ? PG_EXEC : 0) | (n & 4 ? PG_DEVICE : 0);

				x86_pte_fill(entry, 3, level, (struct pa){ addresses[a] }, PAGE_SIZE << (27 - 9 * level), rights);
				for (u32 i = 0; i < 3; i++) {
					assert_int_equal(x86_pte_decode(level, entry[i], &pa, &flags), PTE_LEAF);
					assert_int_equal(pa.v, addresses[a] + i * (PAGE_SIZE << (27 - 9 * level)));
					assert_int_equal(flags, rights);
					assert_int_equal(entry[i] >> 52 & 0x7ff, 0); /* reserved */
					assert_int_equal(entry[i] & 0x18, n & 4 ? 0x18 : 0);
				}
			}
		}
	}
	/* without the present bit it is the same thing to core, and nothing to the hardware */
	x86_pte_link(entry + 1, (struct pa){ 0x1000 });
	assert_int_equal(x86_pte_decode(0, entry[1] & ~PTE_P, &pa, &flags), PTE_TABLE);
	assert_int_equal(x86_pte_decode(3, entry[0] & ~PTE_P, &pa, &flags), PTE_LEAF);
}

/* [ISO-341] what the control block is told: four levels, or the page above them where the kernel has five; ports are the root's only */
static void names(void **state)
{
	struct pg_geometry g;

	(void)state;
	assert_int_equal(x86_stage2_geometry(BIT64(48) + 1, &g), -BH_ERANGE);
	for (u32 five = 0; five < 2; five++) {
		for (u32 i = 0; i < 2; i++) {
			start();
			cr4 = five ? CR4_LA57 : 0;
			cell_table[i].stage2 = *t;
			x86_cell_create(&cell_table[i], NULL);
			const struct arch_cell *arch = &cell_table[i].arch;
			assert_int_equal(arch->nested_root, five ? ROOT + PAGE_SIZE : ROOT);
			assert_int_equal(*(u64 *)fake_memory(ROOT + PAGE_SIZE), ROOT | 0x27);
			assert_true(fake_memory_is(ROOT + PAGE_SIZE + 8, PAGE_SIZE - 8, 0));
			assert_int_equal(arch->port_map, ROOT + 2 * PAGE_SIZE);
			assert_true(fake_memory_is(ROOT + 2 * PAGE_SIZE, 3 * PAGE_SIZE, i == 0 ? 0 : 0xff));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge_steps), cmocka_unit_test(random_changes), cmocka_unit_test(flush),
		cmocka_unit_test(off_and_on),  cmocka_unit_test(entries),        cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
