/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage-2 descriptors and flushes. Tables always start at level 1: up to 39 bits with one page, up to 43 with 16 concatenated
 * ones. Arm ARM D8.3 (descriptors), D8.2.8 (concatenation), D8.14 (TLB maintenance).
 */
#include <asm/context.h>
#include <asm/port.h>
#include <asm/sysregs.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define S2_VALID BIT64(0)
#define S2_NOT_BLOCK BIT64(1) /* table, or page at the last level */
#define S2_NORMAL (15ull << 2)
#define S2_DEVICE (1ull << 2) /* nGnRE */
#define S2_READ BIT64(6)
#define S2_WRITE BIT64(7)
#define S2_INNER (3ull << 8)
#define S2_AF BIT64(10) /* ignored in table descriptors, so it also tells a page from a table */
#define S2_XN BIT64(54)
#define S2_ADDRESS GENMASK64(47, 12)
#define LAST_LEVEL 2 /* in the walker's counting */

int arch_stage2_geometry(u64 limit, struct pg_geometry *g)
{
	static const u8 pa_bits[] = { 32, 36, 40, 42, 44, 48, 52 };
	u64 range = read_sysreg(id_aa64mmfr0_el1) & 15;
	u32 hardware = range < sizeof(pa_bits) ? pa_bits[range] : 48;
	u32 bits = hardware < 39 ? hardware : 39;

	while (bits < 64 && limit > BIT64(bits))
		bits++;
	if (bits > hardware || bits > 43)
		return -BH_ERANGE;
	*g = (struct pg_geometry){
		.levels = 3,
		.shift = { 30, 21, 12 },
		.entries = { 1u << (bits - 30), 512, 512 },
		.root_pages = bits > 39 ? 1u << (bits - 39) : 1,
	};
	return 0;
}

static u64 leaf(u32 level, struct pa pa, u32 flags)
{
	return pa.v | S2_VALID | S2_AF | (level == LAST_LEVEL ? S2_NOT_BLOCK : 0) | (flags & PG_READ ? S2_READ : 0) |
	       (flags & PG_WRITE ? S2_WRITE : 0) | (flags & PG_EXEC ? 0 : S2_XN) | (flags & PG_DEVICE ? S2_DEVICE : S2_NORMAL | S2_INNER);
}

void arch_pte_fill(u64 *entry, u32 count, u32 level, struct pa pa, u64 step, u32 flags)
{
	u64 pte = leaf(level, pa, flags);

	for (u32 i = 0; i < count; i++, pte += step)
		*(volatile u64 *)&entry[i] = pte;
	dsb(ishst); /* the entries, before whoever is told about them */
}

/* An entry whose valid bit arch_cell_stage2() took away still counts: it comes back. */
enum pte_kind arch_pte_decode(u32 level, u64 pte, struct pa *pa, u32 *flags)
{
	if (pte == 0)
		return PTE_EMPTY;
	pa->v = pte & S2_ADDRESS;
	if (!(pte & S2_AF))
		return PTE_TABLE;
	*flags = (pte & S2_READ ? PG_READ : 0u) | (pte & S2_WRITE ? PG_WRITE : 0u) | (pte & S2_XN ? 0u : PG_EXEC) |
		 ((pte & S2_NORMAL) == S2_NORMAL ? 0u : PG_DEVICE);
	return PTE_LEAF;
}

void arch_pte_link(u64 *entry, struct pa table)
{
	dsb(ishst); /* the table an entry points to, before the entry */
	*(volatile u64 *)entry = table.v ? table.v | S2_VALID | S2_NOT_BLOCK : 0;
	dsb(ishst); /* the entry, before whoever is told about it */
}

void arch_stage2_flush(u16 owner)
{
	u64 mine = read_sysreg(vttbr_el2);

	/* The operation works on the VMID in VTTBR_EL2; no guest runs on this CPU meanwhile. */
	dsb(ishst);
	write_sysreg(vttbr_el2, cells[owner].arch.vttbr);
	isb();
	__asm__ volatile("tlbi vmalls12e1is");
	dsb(ish);
	write_sysreg(vttbr_el2, mine);
	isb();
}

/* VTTBR/VTCR of a cell whose tables exist. */
static void stage2_registers(struct cell *cell)
{
	u64 range = read_sysreg(id_aa64mmfr0_el1) & 15;
	u64 ps = range < 5 ? range : 5; /* 48 bits: what 4K pages reach */
	u64 entries = cell->stage2.geometry.entries[0];
	u64 bits = 30;

	while (BIT64(bits - 30) < entries)
		bits++;
	cell->arch.vttbr = cell->stage2.root.v | (cell->id + 1ull) << 48;
	/* RES1, SL0 = level 1, walks inner shareable write-back. */
	cell->arch.vtcr = BIT64(31) | ps << 16 | 3ull << 12 | 1ull << 10 | 1ull << 8 | 1ull << 6 | (64 - bits);
}

void arch_cell_create(struct cell *cell, const struct cell_plan *plan)
{
	stage2_registers(cell);
	cell->arch.hcr = context_hcr(cell);
	gic_cell_create(cell, plan);
	cell->comm.gicd_gpa = system_plan.gic->gicd_base;
	cell->comm.gicr_gpa = cell->arch.gicr_gpa;
	cell->comm.gicr_stride = GIC_CELL_STRIDE;
}

void arch_cell_stage2(struct cell *cell, bool on)
{
	const struct pg_geometry *g = &cell->stage2.geometry;

	for (u32 page = 0; page < g->root_pages; page++) {
		u64 *entry = arch_window(WINDOW_TABLE0, (struct pa){ cell->stage2.root.v + page * PAGE_SIZE }, 1);

		for (u32 i = 0; i < 512 && page * 512 + i < g->entries[0]; i++)
			if (entry[i])
				*(volatile u64 *)&entry[i] = on ? entry[i] | S2_VALID : entry[i] & ~S2_VALID;
	}
	arch_stage2_flush(cell->id);
}
