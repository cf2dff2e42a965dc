/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Second-stage page tables: Sv39x4 reaches 41 bits with a root of four pages, Sv48x4 50. Entries are those of Sv39, always
 * with U. Privileged Architecture, "Guest-Physical Address Translation" and "Hypervisor Memory-Management Fence".
 */
#include <asm/aia.h>
#include <asm/csr.h>
#include <asm/fence.h>
#include <asm/mm.h>
#include <asm/sbi.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define ROOT_PAGES 4
#define ROOT_ENTRIES (ROOT_PAGES * 512)
#define SV39X4_BITS 41
#define SV48X4_BITS 50

static bool mode_taken(u64 mode)
{
	u64 before = swap_csr(CSR_HGATP, mode << ATP_MODE_SHIFT);
	u64 got = swap_csr(CSR_HGATP, before);

	return got >> ATP_MODE_SHIFT == mode;
}

int arch_stage2_geometry(u64 limit, struct pg_geometry *g)
{
	if (limit <= BIT64(SV39X4_BITS) && mode_taken(ATP_MODE_SV39))
		*g = (struct pg_geometry){ .levels = 3, .shift = { 30, 21, 12 }, .entries = { ROOT_ENTRIES, 512, 512 } };
	else if (limit <= BIT64(SV48X4_BITS) && mode_taken(ATP_MODE_SV48))
		*g = (struct pg_geometry){ .levels = 4, .shift = { 39, 30, 21, 12 }, .entries = { ROOT_ENTRIES, 512, 512, 512 } };
	else
		return -BH_ERANGE;
	g->root_pages = ROOT_PAGES;
	return 0;
}

void arch_pte_fill(u64 *entry, u32 count, u32 level, struct pa pa, u64 step, u32 flags)
{
	u64 pte = PTE_OF(pa.v) | PTE_V | PTE_U | PTE_A | PTE_D | (flags & PG_READ ? PTE_R : 0) | (flags & PG_WRITE ? PTE_W : 0) |
		  (flags & PG_EXEC ? PTE_X : 0);

	for (; count >= 8; count -= 8, entry += 8, pte += 8 * PTE_OF(step)) { /* whole tables, mostly */
		((volatile u64 *)entry)[0] = pte;
		((volatile u64 *)entry)[1] = pte + PTE_OF(step);
		((volatile u64 *)entry)[2] = pte + 2 * PTE_OF(step);
		((volatile u64 *)entry)[3] = pte + 3 * PTE_OF(step);
		((volatile u64 *)entry)[4] = pte + 4 * PTE_OF(step);
		((volatile u64 *)entry)[5] = pte + 5 * PTE_OF(step);
		((volatile u64 *)entry)[6] = pte + 6 * PTE_OF(step);
		((volatile u64 *)entry)[7] = pte + 7 * PTE_OF(step);
	}
	for (; count > 0; count--, pte += PTE_OF(step))
		*(volatile u64 *)entry++ = pte;
	fence_memory(); /* the entries, before whoever is told about them */
}

/* An entry whose valid bit arch_cell_stage2() took away still counts: it comes back. Device is not in the entry. */
enum pte_kind arch_pte_decode(u32 level, u64 pte, struct pa *pa, u32 *flags)
{
	if (pte == 0)
		return PTE_EMPTY;
	pa->v = PTE_ADDRESS(pte);
	if (!(pte & PTE_RWX))
		return PTE_TABLE;
	*flags = (pte & PTE_R ? PG_READ : 0u) | (pte & PTE_W ? PG_WRITE : 0u) | (pte & PTE_X ? PG_EXEC : 0u);
	return PTE_LEAF;
}

void arch_pte_link(u64 *entry, struct pa table)
{
	fence_memory(); /* the table an entry points to, before the entry */
	*(volatile u64 *)entry = table.v ? PTE_OF(table.v) | PTE_V : 0;
	fence_memory(); /* the entry, before whoever is told about it */
}

/*
 * Here and, by firmware, on every other CPU that runs, those that wait in the hypervisor included. All guests' translations go:
 * a CPU with fewer VMID bits than cells could not tell them apart.
 */
void arch_stage2_flush(u16 owner)
{
	fence_memory(); /* the changed entries, before the fences */
	fence_stage2();
	struct sbi_result r = sbi_call(SBI_EXT_RFENCE, SBI_RFENCE_HFENCE_GVMA, 0, SBI_ALL_HARTS, 0, SBI_ALL_HARTS, 0);
	CHECK(r.error == SBI_SUCCESS);
}

void arch_cell_create(struct cell *cell, const struct cell_plan *plan)
{
	u64 mode = cell->stage2.geometry.levels == 3 ? ATP_MODE_SV39 : ATP_MODE_SV48;

	/* The root's VMID is 1: translations made before it had one are never taken for its own. */
	cell->arch.hgatp = mode << ATP_MODE_SHIFT | (cell->id + 1ull) << HGATP_VMID_SHIFT | cell->stage2.root.v >> PAGE_SHIFT;
	aia_cell_create(cell, plan);
}

void arch_cell_stage2(struct cell *cell, bool on)
{
	for (u32 page = 0; page < ROOT_PAGES; page++) {
		u64 *entry = arch_window(WINDOW_TABLE0, (struct pa){ cell->stage2.root.v + page * PAGE_SIZE }, 1);

		for (u32 i = 0; i < 512; i++)
			if (entry[i])
				*(volatile u64 *)&entry[i] = on ? entry[i] | PTE_V : entry[i] & ~PTE_V;
	}
	arch_stage2_flush(cell->id);
}
