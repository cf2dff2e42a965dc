/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the hypervisor's own address space: identity mapped, W^X, per-CPU data private to its CPU, guest memory only through
 * the per-CPU window; and its interrupt table. Layout: asm/layout.h. mm_build() runs on the first CPU, the driver's table in use.
 */
#include <asm/layout.h>
#include <asm/mm.h>
#include <asm/port.h>
#include <asm/x86.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define EXCEPTIONS 32
#define GATE_INTERRUPT (0x8eull << 40)
#define OWN_LEVELS 5 /* tables on the way; the topmost is not used where the kernel has four levels */

/* Linker script; addresses are physical. */
extern char image_start[], rodata_start[], data_start[];
extern const struct boot_block image_end; /* on the page behind the image */
/* Written once; loaded by entry.S. */
extern u64 own_idt[512];
u64 own_idt[512] __attribute__((aligned(4096)));

static u64 window_first; /* level-0 index where the window starts */

static u64 percpu_base(const struct boot_block *boot, u32 cpu)
{
	return (u64)boot + PAGE_SIZE + page_round_up(boot->blob_size) + (u64)cpu * PERCPU_SIZE;
}

/* Level 0 is the last one. */
static u64 *own_table(const struct boot_block *boot, u32 cpu, u32 level)
{
	return (u64 *)(percpu_base(boot, cpu) + PERCPU_L0 - level * PAGE_SIZE);
}

/* Identity, [start, end); 0 attributes: not mapped. */
static __noinline void map_own(u64 *l0, u64 start, u64 end, u64 attributes)
{
	for (u64 page = start; page < end; page += PAGE_SIZE)
		l0[LEVEL_INDEX(page, 0)] = page | attributes;
}

/* The claim arrives zeroed. */
static void build_cpu(const struct boot_block *boot, u32 cpu)
{
	u64 base = boot->memory_base, end = base + boot->memory_size;
	u64 blob = (u64)boot + PAGE_SIZE;
	u64 block = percpu_base(boot, cpu);
	u64 *l0 = own_table(boot, cpu, 0);
	struct cpu *c = (struct cpu *)(block + PERCPU_CPU);

	for (u32 level = 1; level < OWN_LEVELS; level++)
		own_table(boot, cpu, level)[LEVEL_INDEX(base, level)] = (u64)own_table(boot, cpu, level - 1) | PAGE_TABLE;
	map_own(l0, base, (u64)rodata_start, PAGE_RX);
	map_own(l0, (u64)rodata_start, (u64)data_start, PAGE_R);
	map_own(l0, (u64)data_start, blob, PAGE_RW);
	map_own(l0, blob, percpu_base(boot, 0), PAGE_R);
	for (u32 other = 0; other < boot->cpu_count; other++)
		map_own(l0, percpu_base(boot, other) + PERCPU_L4, percpu_base(boot, other) + PERCPU_L0, PAGE_RW);
	map_own(l0, block, block + PERCPU_SIZE, PAGE_RW); /* stack, struct cpu, control block and window of this CPU only */
	map_own(l0, percpu_base(boot, boot->cpu_count), end, PAGE_RW);
	c->arch.window = &l0[window_first];
	c->arch.window_va = (base & ~GENMASK64(20, 0)) + (window_first << PAGE_SHIFT);
}

static void gate_set(u32 vector, const char *handler)
{
	u64 at = (u64)handler;

	own_idt[2 * vector] = (at & 0xffff) | KERNEL_CS << 16 | GATE_INTERRUPT | (at >> 16 & 0xffff) << 48;
	own_idt[2 * vector + 1] = at >> 32;
}

static void build_gates(void)
{
	u64 size = ((u64)exception_stubs_end - (u64)exception_stubs) / EXCEPTIONS;

	/* Guests may send each other any vector from 16 on, and leave it pending; our code causes no exception of these. */
	for (u32 vector = 0; vector < 256; vector++)
		gate_set(vector, vector < VECTOR_FIRST_SENT ? exception_stubs + vector * size : interrupt_entry);
	gate_set(VECTOR_NMI, nmi_entry);
	gate_set(VECTOR_MC, machine_check_entry);
	gate_set(VECTOR_SX, init_entry);
}

int mm_build(u64 base)
{
	const struct boot_block *boot = &image_end;
	u64 end = base + boot->memory_size;
	u64 last = LEVEL_INDEX(end - 1, 0);

	if (boot->magic != BOOT_MAGIC || boot->memory_base != base || boot->cpu_count == 0 || boot->cpu_count > BULKHEAD_MAX_CPUS)
		return -BH_EINVAL;
	if (end > OWN_VA_LIMIT || base >> 21 != (end - 1) >> 21 || percpu_base(boot, boot->cpu_count) >= end)
		return -BH_ERANGE;
	if (512 - (last + 1) >= WINDOW_PAGES)
		window_first = last + 1;
	else if (LEVEL_INDEX(base, 0) >= WINDOW_PAGES)
		window_first = LEVEL_INDEX(base, 0) - WINDOW_PAGES;
	else
		return -BH_ERANGE;

	for (u32 cpu = 0; cpu < boot->cpu_count; cpu++)
		build_cpu(boot, cpu);
	build_gates();
	return 0;
}

/*
 * Device pages: level-2 entries outside our own GiB name level-1 tables that all CPUs share; inside it every CPU's own level-1
 * table gets the same entry.
 */
static u64 *device_level1(u64 va)
{
	u64 entry = own_table(boot_block, 0, 2)[LEVEL_INDEX(va, 2)];

	if (!(entry & PTE_P)) {
		entry = (u64)init_pages(1) | PAGE_TABLE;
		for (u32 cpu = 0; cpu < boot_block->cpu_count; cpu++)
			own_table(boot_block, cpu, 2)[LEVEL_INDEX(va, 2)] = entry;
	}
	return (u64 *)PTE_ADDRESS(entry);
}

static void map_device_page(u64 va)
{
	u64 *entry = &device_level1(va)[LEVEL_INDEX(va, 1)];

	if (!(*entry & PTE_P)) {
		*entry = (u64)init_pages(1) | PAGE_TABLE;
		for (u32 cpu = 0; va >> 30 == boot_block->memory_base >> 30 && cpu < boot_block->cpu_count; cpu++)
			own_table(boot_block, cpu, 1)[LEVEL_INDEX(va, 1)] = *entry;
	}
	((u64 *)PTE_ADDRESS(*entry))[LEVEL_INDEX(va, 0)] = va | PAGE_DEVICE;
}

int arch_map_device(struct range r)
{
	/* One level-2 table: 512 GiB. */
	if (r.start >> 39 != boot_block->memory_base >> 39 || range_last(r) >> 39 != r.start >> 39)
		return -BH_ERANGE;
	for (u64 va = page_base(r.start); va <= range_last(r); va += PAGE_SIZE)
		map_device_page(va);
	write_cr3(read_cr3());
	return 0;
}

void *arch_window(enum window_slot slot, struct pa pa, u32 pages)
{
	/* First level-0 entry of each slot. */
	static const u8 first[WINDOW_SLOTS] = {
		[WINDOW_TABLE0] = 0, [WINDOW_TABLE0 + 1] = 1, [WINDOW_TABLE0 + 2] = 2, [WINDOW_TABLE0 + 3] = 3, [WINDOW_POOL] = 4,
		[WINDOW_RING] = 5,   [WINDOW_COMM] = 6,       [WINDOW_DEVICE] = 7,     [WINDOW_SOURCE] = 16,    [WINDOW_TARGET] = 32,
	};
	struct arch_cpu *arch = &arch_this_cpu()->arch;
	u64 *entry = &arch->window[first[slot]];
	u64 va = arch->window_va + ((u64)first[slot] << PAGE_SHIFT);
	u64 attributes = slot == WINDOW_DEVICE ? PAGE_DEVICE : PAGE_RW;

	/* Walks come back to the same few tables. */
	if (pages == 1 && entry[0] == (pa.v | attributes))
		return (void *)va;
	for (u32 i = 0; i < pages; i++)
		*(volatile u64 *)&entry[i] = (pa.v + i * PAGE_SIZE) | attributes;
	/* Drops what this CPU knew; the table is its own. */
	for (u32 i = 0; i < pages; i++)
		tlb_drop(va + i * PAGE_SIZE);
	return (void *)va;
}

/* Caches are coherent for every observer of memory, instruction fetches included. */
void arch_clean(const void *start, u64 size, enum clean_op op)
{
}
