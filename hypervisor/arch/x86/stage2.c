/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nested page tables: four levels in the walker's eyes. Where the kernel has five (CR4.LA57) the hardware wants five of them, too,
 * and a page with one entry stands above. The pages of a root table: the table, the page above it, the map of I/O ports (three).
 */
#include <asm/ioapic.h>
#include <asm/mm.h>
#include <asm/port.h>
#include <asm/x86.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

#define ROOT_PAGES 5
#define TOP_PAGE 1
#define PORT_PAGE 2
#define PORT_PAGES 3
#define ADDRESS_BITS 48
#define FLUSH_SECONDS 10 /* a CPU that takes no NMI for so long is broken */

u32 run_count[BULKHEAD_MAX_CPUS];
u32 flush_wanted[BULKHEAD_MAX_CPUS];

/* One GiB leaves are compulsory (arch_probe()): the root's map of all addresses would need too many tables without. */
int arch_stage2_geometry(u64 limit, struct pg_geometry *g)
{
	if (limit > BIT64(ADDRESS_BITS))
		return -BH_ERANGE;
	*g = (struct pg_geometry){
		.levels = 4,
		.shift = { 39, 30, 21, 12 },
		.entries = { 512, 512, 512, 512 },
		.root_pages = ROOT_PAGES,
		.min_block_level = 1,
	};
	return 0;
}

/* U: the hardware takes every nested access as one of user mode. */
void arch_pte_fill(u64 *entry, u32 count, u32 level, struct pa pa, u64 step, u32 flags)
{
	u64 pte = pa.v | PTE_P | PTE_U | PTE_A | PTE_D | (flags & PG_WRITE ? PTE_W : 0) | (flags & PG_EXEC ? 0 : PTE_NX) |
		  (flags & PG_DEVICE ? PTE_PCD | PTE_PWT : 0) | (level < 3 ? PTE_PS : 0);

	for (u32 i = 0; i < count; i++, pte += step)
		*(volatile u64 *)&entry[i] = pte;
}

/* An entry whose present bit arch_cell_stage2() took away still counts: it comes back. */
enum pte_kind arch_pte_decode(u32 level, u64 pte, struct pa *pa, u32 *flags)
{
	if (pte == 0)
		return PTE_EMPTY;
	pa->v = PTE_ADDRESS(pte);
	if (level < 3 && !(pte & PTE_PS))
		return PTE_TABLE;
	*flags = PG_READ | (pte & PTE_W ? PG_WRITE : 0u) | (pte & PTE_NX ? 0u : PG_EXEC) | (pte & PTE_PCD ? PG_DEVICE : 0u);
	return PTE_LEAF;
}

/* Stores are seen in order. */
void arch_pte_link(u64 *entry, struct pa table)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);
	*(volatile u64 *)entry = table.v ? table.v | PTE_P | PTE_W | PTE_U | PTE_A : 0;
}

void stage2_forget(struct cpu *cpu)
{
	store_release(&flush_wanted[cpu->index], 1);
}

/* There is no broadcast: every other CPU that runs this owner's guest is made to leave it once. */
void arch_stage2_flush(u16 owner)
{
	u32 seen[BULKHEAD_MAX_CPUS], count = cpu_count;
	u64 start = arch_counter();

	for (u32 i = 0; i < count; i++) {
		const struct cell *cell = cpu_slots[i].cell;

		seen[i] = 0;
		if (cell == NULL || cell->id != owner)
			continue;
		store_release(&flush_wanted[i], 1);
		fence_all(); /* partner: stage2_enter() */
		seen[i] = load_acquire(&run_count[i]);
		if (seen[i] & 1)
			arch_cpu_kick(&cpu_slots[i]);
	}
	for (u32 i = 0; i < count; i++) {
		while ((seen[i] & 1) && load_acquire(&run_count[i]) == seen[i]) {
			CHECK(arch_counter() - start < FLUSH_SECONDS * arch_facts.counter_hz);
			cpu_pause();
		}
	}
}

static u64 *root_page(const struct cell *cell, u32 page)
{
	return arch_window(WINDOW_TABLE0, (struct pa){ cell->stage2.root.v + page * PAGE_SIZE }, 1);
}

void arch_cell_create(struct cell *cell, const struct cell_plan *plan)
{
	u64 root = cell->stage2.root.v;

	arch_pte_link(root_page(cell, TOP_PAGE), (struct pa){ root });
	/* The root has all ports but the doors to reset; a cell none, until it is given them. */
	for (u32 i = 0; i < PORT_PAGES; i++)
		memset(root_page(cell, PORT_PAGE + i), cell_is_root(cell) ? 0 : 0xff, PAGE_SIZE);
	cell->arch.nested_root = read_cr4() & CR4_LA57 ? root + TOP_PAGE * PAGE_SIZE : root;
	cell->arch.port_map = root + PORT_PAGE * PAGE_SIZE;
	if (cell_is_root(cell))
		port_doors_close((struct pa){ cell->arch.port_map });
	for (u32 i = 0; plan && i < cell->cpu_count; i++)
		cell->comm.apic_id[i] = (u32)cpu_slots[cell->cpus[i]].hwid;
	ioapic_cell_create(cell, plan);
}

void arch_cell_stage2(struct cell *cell, bool on)
{
	u64 *entry = root_page(cell, 0);

	for (u32 i = 0; i < 512; i++)
		if (entry[i])
			*(volatile u64 *)&entry[i] = on ? entry[i] | PTE_P : entry[i] & ~PTE_P;
	arch_stage2_flush(cell->id);
}
