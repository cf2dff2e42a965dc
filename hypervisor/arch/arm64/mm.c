/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns EL2's own address space: identity mapped, W^X, per-CPU data private to its CPU, guest memory only through the
 * per-CPU window. Layout: asm/layout.h. mm_build() runs on the first CPU before any MMU is on.
 */
#include <asm/layout.h>
#include <asm/mm.h>
#include <asm/port.h>
#include <asm/sysregs.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

/* Linker script; addresses are physical. */
extern char image_start[], rodata_start[], data_start[];
extern const struct boot_block image_end; /* on the page behind the image */

static u64 window_first; /* level-3 index where the window starts */

static u64 percpu_base(const struct boot_block *boot, u32 cpu)
{
	return (u64)boot + PAGE_SIZE + page_round_up(boot->blob_size) + (u64)cpu * PERCPU_SIZE;
}

/* Identity, [start, end); 0 attributes: not mapped. */
static __noinline void map_own(u64 *l3, u64 start, u64 end, u64 attributes)
{
	for (u64 page = start; page < end; page += PAGE_SIZE)
		l3[L3_INDEX(page)] = page | attributes;
}

/* The claim arrives zeroed. */
static void build_cpu(const struct boot_block *boot, u32 cpu)
{
	u64 base = boot->memory_base, end = base + boot->memory_size;
	u64 blob = (u64)boot + PAGE_SIZE;
	u64 block = percpu_base(boot, cpu);
	u64 *l3 = (u64 *)(block + PERCPU_L3);
	struct cpu *c = (struct cpu *)(block + PERCPU_CPU);

	((u64 *)(block + PERCPU_L1))[L1_INDEX(base)] = (block + PERCPU_L2) | DESC_TABLE;
	((u64 *)(block + PERCPU_L2))[L2_INDEX(base)] = (block + PERCPU_L3) | DESC_TABLE;
	map_own(l3, base, (u64)rodata_start, PAGE_RX);
	map_own(l3, (u64)rodata_start, (u64)data_start, PAGE_R);
	map_own(l3, (u64)data_start, blob, PAGE_RW);
	map_own(l3, blob, percpu_base(boot, 0), PAGE_R);
	for (u32 other = 0; other < boot->cpu_count; other++)
		map_own(l3, percpu_base(boot, other) + PERCPU_L1, percpu_base(boot, other) + PERCPU_L3, PAGE_RW);
	map_own(l3, block, block + PERCPU_SIZE, PAGE_RW); /* stack, struct cpu and window of this CPU only */
	map_own(l3, percpu_base(boot, boot->cpu_count), end, PAGE_RW);
	c->arch.window = &l3[window_first];
	c->arch.window_va = (base & ~GENMASK64(20, 0)) + (window_first << PAGE_SHIFT);
}

int mm_build(u64 base)
{
	const struct boot_block *boot = &image_end;
	u64 end = base + boot->memory_size;
	u64 last = L3_INDEX(end - 1);

	if (boot->magic != BOOT_MAGIC || boot->memory_base != base || boot->cpu_count == 0 || boot->cpu_count > BULKHEAD_MAX_CPUS)
		return -BH_EINVAL;
	if (end > EL2_VA_LIMIT || base >> 21 != (end - 1) >> 21 || percpu_base(boot, boot->cpu_count) >= end)
		return -BH_ERANGE;
	if (512 - (last + 1) >= WINDOW_PAGES)
		window_first = last + 1;
	else if (L3_INDEX(base) >= WINDOW_PAGES)
		window_first = L3_INDEX(base) - WINDOW_PAGES;
	else
		return -BH_ERANGE;

	for (u32 cpu = 0; cpu < boot->cpu_count; cpu++)
		build_cpu(boot, cpu);
	return 0;
}

/* Level-2 entry on the first CPU; its table is made if missing. Outside the hypervisor's own GiB all CPUs share one. */
static u64 *device_block(u64 va)
{
	u64 l1 = ((u64 *)(percpu_base(boot_block, 0) + PERCPU_L1))[L1_INDEX(va)];
	u64 *l2 = (u64 *)(l1 & DESC_ADDRESS);

	if (!(l1 & DESC_VALID)) {
		l2 = init_pages(1);
		for (u32 cpu = 0; cpu < boot_block->cpu_count; cpu++)
			((u64 *)(percpu_base(boot_block, cpu) + PERCPU_L1))[L1_INDEX(va)] = (u64)l2 | DESC_TABLE;
	}
	return &l2[L2_INDEX(va)];
}

/* Stores a level-2 entry where all CPUs find it. */
static void device_block_set(u64 va, u64 *entry, u64 value)
{
	*entry = value;
	for (u32 cpu = 0; L1_INDEX(va) == L1_INDEX(boot_block->memory_base) && cpu < boot_block->cpu_count; cpu++)
		((u64 *)(percpu_base(boot_block, cpu) + PERCPU_L2))[L2_INDEX(va)] = value;
}

int arch_map_device(struct range r)
{
	u64 end = range_last(r) + 1;

	if (range_last(r) >= EL2_VA_LIMIT)
		return -BH_ERANGE;
	for (u64 va = page_base(r.start), step; va < end; va += step) {
		u64 *entry = device_block(va);
		u64 rest = va & (BLOCK_SIZE - 1);

		step = rest == 0 && end - va >= BLOCK_SIZE ? BLOCK_SIZE : PAGE_SIZE;
		if (step == BLOCK_SIZE) {
			device_block_set(va, entry, va | DEVICE_BLOCK);
			continue;
		}
		if (!(*entry & DESC_VALID))
			device_block_set(va, entry, (u64)init_pages(1) | DESC_TABLE);
		((u64 *)(*entry & DESC_ADDRESS))[L3_INDEX(va)] = va | PAGE_DEVICE;
	}
	dsb(ish);
	isb();
	return 0;
}

void *arch_window(enum window_slot slot, struct pa pa, u32 pages)
{
	/* First level-3 entry of each slot. */
	static const u8 first[WINDOW_SLOTS] = {
		[WINDOW_TABLE0] = 0, [WINDOW_TABLE0 + 1] = 1, [WINDOW_TABLE0 + 2] = 2, [WINDOW_TABLE0 + 3] = 3, [WINDOW_POOL] = 4,
		[WINDOW_RING] = 5,   [WINDOW_COMM] = 6,       [WINDOW_DEVICE] = 7,     [WINDOW_SOURCE] = 16,    [WINDOW_TARGET] = 32,
	};
	struct arch_cpu *arch = &arch_this_cpu()->arch;
	u64 attributes = slot == WINDOW_DEVICE ? PAGE_DEVICE : PAGE_RW;
	u64 *entry = &arch->window[first[slot]];
	u64 va = arch->window_va + ((u64)first[slot] << PAGE_SHIFT);

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
