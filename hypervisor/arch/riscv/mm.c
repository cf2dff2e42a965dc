/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the hypervisor's own address space: identity mapped, W^X, per-CPU data private to its CPU, guest memory only through
 * the per-CPU window. Layout: asm/layout.h. mm_build() runs on the first CPU, the driver's table in use.
 */
#include <asm/fence.h>
#include <asm/layout.h>
#include <asm/mm.h>
#include <asm/port.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

/* Linker script; addresses are physical. */
extern char image_start[], rodata_start[], data_start[];
extern const struct boot_block image_end; /* on the page behind the image */

static u64 window_first; /* level-0 index where the window starts */

static u64 percpu_base(const struct boot_block *boot, u32 cpu)
{
	return (u64)boot + PAGE_SIZE + page_round_up(boot->blob_size) + (u64)cpu * PERCPU_SIZE;
}

/* Identity, [start, end); 0 attributes: not mapped. */
static __noinline void map_own(u64 *l0, u64 start, u64 end, u64 attributes)
{
	for (u64 page = start; page < end; page += PAGE_SIZE)
		l0[L0_INDEX(page)] = PTE_OF(page) | attributes;
}

/* The claim arrives zeroed. */
static void build_cpu(const struct boot_block *boot, u32 cpu)
{
	u64 base = boot->memory_base, end = base + boot->memory_size;
	u64 blob = (u64)boot + PAGE_SIZE;
	u64 block = percpu_base(boot, cpu);
	u64 *l0 = (u64 *)(block + PERCPU_L0);
	struct cpu *c = (struct cpu *)(block + PERCPU_CPU);

	((u64 *)(block + PERCPU_L2))[L2_INDEX(base)] = PTE_OF(block + PERCPU_L1) | PTE_V;
	((u64 *)(block + PERCPU_L1))[L1_INDEX(base)] = PTE_OF(block + PERCPU_L0) | PTE_V;
	map_own(l0, base, (u64)rodata_start, PAGE_RX);
	map_own(l0, (u64)rodata_start, (u64)data_start, PAGE_R);
	map_own(l0, (u64)data_start, blob, PAGE_RW);
	map_own(l0, blob, percpu_base(boot, 0), PAGE_R);
	for (u32 other = 0; other < boot->cpu_count; other++)
		map_own(l0, percpu_base(boot, other) + PERCPU_L2, percpu_base(boot, other) + PERCPU_L0, PAGE_RW);
	map_own(l0, block, block + PERCPU_SIZE, PAGE_RW); /* stack, struct cpu and window of this CPU only */
	map_own(l0, percpu_base(boot, boot->cpu_count), end, PAGE_RW);
	c->arch.window = &l0[window_first];
	c->arch.window_va = (base & ~GENMASK64(20, 0)) + (window_first << PAGE_SHIFT);
}

int mm_build(u64 base)
{
	const struct boot_block *boot = &image_end;
	u64 end = base + boot->memory_size;
	u64 last = L0_INDEX(end - 1);

	if (boot->magic != BOOT_MAGIC || boot->memory_base != base || boot->cpu_count == 0 || boot->cpu_count > BULKHEAD_MAX_CPUS)
		return -BH_EINVAL;
	if (end > HS_VA_LIMIT || base >> 21 != (end - 1) >> 21 || percpu_base(boot, boot->cpu_count) >= end)
		return -BH_ERANGE;
	if (512 - (last + 1) >= WINDOW_PAGES)
		window_first = last + 1;
	else if (L0_INDEX(base) >= WINDOW_PAGES)
		window_first = L0_INDEX(base) - WINDOW_PAGES;
	else
		return -BH_ERANGE;

	for (u32 cpu = 0; cpu < boot->cpu_count; cpu++)
		build_cpu(boot, cpu);
	return 0;
}

/* Level-1 entry on the first CPU; its table is made if missing. Outside the hypervisor's own GiB all CPUs share one. */
static u64 *device_block(u64 va)
{
	u64 l2 = ((u64 *)(percpu_base(boot_block, 0) + PERCPU_L2))[L2_INDEX(va)];
	u64 *l1 = (u64 *)PTE_ADDRESS(l2);

	if (!(l2 & PTE_V)) {
		l1 = init_pages(1);
		for (u32 cpu = 0; cpu < boot_block->cpu_count; cpu++)
			((u64 *)(percpu_base(boot_block, cpu) + PERCPU_L2))[L2_INDEX(va)] = PTE_OF((u64)l1) | PTE_V;
	}
	return &l1[L1_INDEX(va)];
}

/* Stores a level-1 entry where all CPUs find it. */
static void device_block_set(u64 va, u64 *entry, u64 value)
{
	*entry = value;
	for (u32 cpu = 0; L2_INDEX(va) == L2_INDEX(boot_block->memory_base) && cpu < boot_block->cpu_count; cpu++)
		((u64 *)(percpu_base(boot_block, cpu) + PERCPU_L1))[L1_INDEX(va)] = value;
}

/* Device or memory is a property of the address here, not of the entry. */
int arch_map_device(struct range r)
{
	u64 end = range_last(r) + 1;

	if (range_last(r) >= HS_VA_LIMIT)
		return -BH_ERANGE;
	for (u64 va = page_base(r.start), step; va < end; va += step) {
		u64 *entry = device_block(va);
		u64 rest = va & (BLOCK_SIZE - 1);

		step = rest == 0 && end - va >= BLOCK_SIZE ? BLOCK_SIZE : PAGE_SIZE;
		if (step == BLOCK_SIZE) {
			device_block_set(va, entry, PTE_OF(va) | PAGE_RW);
			continue;
		}
		if (!(*entry & PTE_V))
			device_block_set(va, entry, PTE_OF((u64)init_pages(1)) | PTE_V);
		((u64 *)PTE_ADDRESS(*entry))[L0_INDEX(va)] = PTE_OF(va) | PAGE_RW;
	}
	fence_own();
	return 0;
}

void *arch_window(enum window_slot slot, struct pa pa, u32 pages)
{
	/* First level-0 entry of each slot. */
	static const u8 first[WINDOW_SLOTS] = {
		[WINDOW_TABLE0] = 0, [WINDOW_TABLE0 + 1] = 1, [WINDOW_TABLE0 + 2] = 2, [WINDOW_TABLE0 + 3] = 3, [WINDOW_POOL] = 4,
		[WINDOW_RING] = 5,   [WINDOW_COMM] = 6,       [WINDOW_DEVICE] = 7,     [WINDOW_SOURCE] = 16,    [WINDOW_TARGET] = 32,
	};
	struct arch_cpu *arch = &this_cpu()->arch;
	u64 *entry = &arch->window[first[slot]];
	u64 va = arch->window_va + ((u64)first[slot] << PAGE_SHIFT);

	/* Walks come back to the same few tables. */
	if (pages == 1 && entry[0] == (PTE_OF(pa.v) | PAGE_RW))
		return (void *)va;
	for (u32 i = 0; i < pages; i++) {
		*(volatile u64 *)&entry[i] = PTE_OF(pa.v + i * PAGE_SIZE) | PAGE_RW;
		fence_own_page(va + i * PAGE_SIZE); /* the entry, before later walks; drops what this CPU knew: the table is its own */
	}
	return (void *)va;
}

static inline __attribute__((always_inline)) void clean_line(u64 at, bool flush)
{
	if (flush)
		cbo_flush(at);
	else
		cbo_clean(at);
}

static inline __attribute__((always_inline)) void clean_lines(u64 at, u64 end, u64 line, bool flush)
{
	for (; at + 3 * line < end; at += 4 * line) { /* a third of scrubbing */
		clean_line(at, flush);
		clean_line(at + line, flush);
		clean_line(at + 2 * line, flush);
		clean_line(at + 3 * line, flush);
	}
	for (; at < end; at += line)
		clean_line(at, flush);
}

void arch_clean(const void *start, u64 size, enum clean_op op)
{
	u64 line = system_plan.machine->cbom_block_size; /* 0: the caches are coherent for everybody */
	u64 at = (u64)start & ~(line - 1), end = (u64)start + size;

	if (line != 0 && op == CLEAN_INVALIDATE)
		clean_lines(at, end, line, true);
	else if (line != 0)
		clean_lines(at, end, line, false);
	fence_device();
	/* Other CPUs' instruction caches: each fences when it starts to run an owner's code (context_reset()). */
	if (op == CLEAN_CODE)
		fence_code();
}
