/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2's own address space, which core/own.c builds before any MMU is on: the window on foreign memory, and its caches. */
#include <asm/port.h>
#include <asm/sysregs.h>
#include <bulkhead/own.h>
#include <bulkhead/runtime.h>

/* Linker script; addresses are physical. */
extern char rodata_start[], data_start[];
extern const struct boot_block image_end; /* on the page behind the image */

int mm_build(u64 base)
{
	return own_build(&image_end, base, (u64)rodata_start, (u64)data_start);
}

__noinline int arch_map_device(struct range r)
{
	int err = own_map_device(r);

	dsb(ish);
	isb();
	return err;
}

void *arch_window(enum window_slot slot, struct pa pa, u32 pages)
{
	struct cpu *cpu = arch_this_cpu();
	u32 first = own_window_page(slot);
	u64 attributes = slot == WINDOW_DEVICE ? PAGE_DEVICE : PAGE_RW;
	u64 *entry = &cpu->window[first];
	u64 va = cpu->window_va + ((u64)first << PAGE_SHIFT);

	/* Walks come back to the same few tables. */
	if (pages == 1 && entry[0] == (pa.v | attributes))
		return (void *)va;
	/* Break-before-make on this CPU only: the table is its own. */
	for (u32 i = 0; i < pages; i++)
		entry[i] = 0;
	dsb(nshst);
	for (u32 i = 0; i < pages; i++)
		__asm__ volatile("tlbi vae2, %0" : : "r"(va / PAGE_SIZE + i));
	dsb(nsh);
	for (u32 i = 0; i < pages; i++)
		entry[i] = (pa.v + i * PAGE_SIZE) | attributes;
	dsb(nshst);
	isb();
	return (void *)va;
}

void arch_clean(const void *start, u64 size, enum clean_op op)
{
	u64 line = 4ull << (read_sysreg(ctr_el0) >> 16 & 15); /* DminLine: words, as a power of two */

	u64 first = (u64)start & ~(line - 1), end = (u64)start + size;

	if (op == CLEAN_INVALIDATE)
		for (u64 at = first; at < end; at += line)
			__asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
	else
		for (u64 at = first; at < end; at += line)
			__asm__ volatile("dc cvac, %0" : : "r"(at) : "memory");
	dsb(sy);
	if (op == CLEAN_CODE) {
		__asm__ volatile("ic ialluis");
		dsb(ish);
		isb();
	}
}
