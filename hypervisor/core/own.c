/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Builds the tables of each CPU, which map the one claim the hypervisor lives in: text and read-only data, data, the boot block and its
 * blob, then what each CPU has, then what all share. Registers come later. Nothing is locked: one CPU at a time is at work.
 */
#include <bulkhead/own.h>
#include <bulkhead/runtime.h>

#define BLOCK_SIZE (2ull << 20)
#define BLOCK_ENTRIES 512
#define LEVEL_INDEX(va, level) ((va) >> (PAGE_SHIFT + 9 * (level)) & (BLOCK_ENTRIES - 1))

static u64 window_first; /* level-0 index where the window starts */

static u64 percpu_base(const struct boot_block *boot, u32 cpu)
{
	return (u64)boot + PAGE_SIZE + page_round_up(boot->blob_size) + (u64)cpu * PERCPU_SIZE;
}

/* The topmost first, the last one at the end. */
static u64 *own_table(const struct boot_block *boot, u32 cpu, u32 level)
{
	return (u64 *)(percpu_base(boot, cpu) + PERCPU_TABLES + (OWN_LEVELS - 1 - level) * PAGE_SIZE);
}

/* Identity, [start, end). */
static __noinline void map_own(u64 *last, u64 start, u64 end, u64 attributes)
{
	for (u64 page = start; page < end; page += PAGE_SIZE)
		last[LEVEL_INDEX(page, 0)] = PTE_OF(page) | attributes;
}

static void build_cpu(const struct boot_block *boot, u32 index, u64 rodata, u64 data)
{
	u64 base = boot->memory_base, blob = (u64)boot + PAGE_SIZE;
	u64 first = percpu_base(boot, 0), rest = first + boot->cpu_count * (u64)PERCPU_SIZE, block = first + index * (u64)PERCPU_SIZE;
	struct cpu *cpu = (struct cpu *)(block + PERCPU_CPU);
	u64 *last = (u64 *)(block + PERCPU_TABLES);

	for (u32 level = OWN_LEVELS - 1; level > 0; level--, last += BLOCK_ENTRIES)
		last[LEVEL_INDEX(base, level)] = PTE_OF((u64)(last + BLOCK_ENTRIES)) | PAGE_TABLE;
	map_own(last, base, rodata, PAGE_RX);
	map_own(last, rodata, data, PAGE_R);
	map_own(last, data, blob, PAGE_RW);
	map_own(last, blob, first, PAGE_R);
	for (u64 tables = first + PERCPU_TABLES; tables < rest; tables += PERCPU_SIZE)
		map_own(last, tables, tables + (OWN_LEVELS - 1) * PAGE_SIZE, PAGE_RW);
	map_own(last, block, block + PERCPU_SIZE, PAGE_RW); /* private: what is before the tables, and the last table with the window */
	map_own(last, rest, base + boot->memory_size, PAGE_RW);
	cpu->window = &last[window_first];
	cpu->window_va = (base & ~(BLOCK_SIZE - 1)) + (window_first << PAGE_SHIFT);
}

int own_build(const struct boot_block *boot, u64 base, u64 rodata, u64 data)
{
	u64 end = base + boot->memory_size;
	u64 behind = LEVEL_INDEX(end - 1, 0) + 1;

	if (boot->magic != BOOT_MAGIC || boot->memory_base != base || boot->cpu_count == 0 || boot->cpu_count > BULKHEAD_MAX_CPUS)
		return -BH_EINVAL;
	if (end > BIT64(OWN_BITS) || base / BLOCK_SIZE != (end - 1) / BLOCK_SIZE || percpu_base(boot, boot->cpu_count) >= end)
		return -BH_ERANGE;
	if (BLOCK_ENTRIES - behind >= WINDOW_PAGES)
		window_first = behind;
	else if (LEVEL_INDEX(base, 0) >= WINDOW_PAGES)
		window_first = LEVEL_INDEX(base, 0) - WINDOW_PAGES;
	else
		return -BH_ERANGE;

	for (u32 cpu = 0; cpu < boot->cpu_count; cpu++)
		build_cpu(boot, cpu, rodata, data);
	return 0;
}

/* Level-1 entry on the first CPU; its table is made if missing. Outside the hypervisor's own GiB all CPUs share one. */
static u64 *device_block(u64 va)
{
	u64 *above = &own_table(boot_block, 0, 2)[LEVEL_INDEX(va, 2)];

	if (!(*above & PTE_PRESENT)) {
		u64 entry = PTE_OF((u64)init_pages(1)) | PAGE_TABLE;

		for (u32 cpu = 0; cpu < boot_block->cpu_count; cpu++)
			own_table(boot_block, cpu, 2)[LEVEL_INDEX(va, 2)] = entry;
	}
	return &((u64 *)PTE_ADDRESS(*above))[LEVEL_INDEX(va, 1)];
}

/* Stores a level-1 entry where all CPUs find it. */
static void device_block_set(u64 va, u64 *entry, u64 value)
{
	*entry = value;
	for (u32 cpu = 0; va >> 30 == boot_block->memory_base >> 30 && cpu < boot_block->cpu_count; cpu++)
		own_table(boot_block, cpu, 1)[LEVEL_INDEX(va, 1)] = value;
}

int own_map_device(struct range r)
{
	u64 end = range_last(r) + 1;

	/* One level-2 table, or the half of one that can be used. */
	if (((r.start ^ boot_block->memory_base) | (range_last(r) ^ boot_block->memory_base)) >> OWN_DEVICE_BITS)
		return -BH_ERANGE;
	for (u64 va = page_base(r.start), step; va < end; va += step) {
		u64 *entry = device_block(va);

		step = (va & (BLOCK_SIZE - 1)) == 0 && end - va >= BLOCK_SIZE ? BLOCK_SIZE : PAGE_SIZE;
		if (step == BLOCK_SIZE) {
			device_block_set(va, entry, PTE_OF(va) | DEVICE_BLOCK);
			continue;
		}
		if (!(*entry & PTE_PRESENT))
			device_block_set(va, entry, PTE_OF((u64)init_pages(1)) | PAGE_TABLE);
		((u64 *)PTE_ADDRESS(*entry))[LEVEL_INDEX(va, 0)] = PTE_OF(va) | PAGE_DEVICE;
	}
	return 0;
}
