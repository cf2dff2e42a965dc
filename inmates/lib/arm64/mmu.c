// SPDX-License-Identifier: BSD-2-Clause
/*
 * The guest's own page tables: 39-bit identity map of 2 MiB blocks, only of what was asked for. Built before the MMU is on, so
 * straight from the comm page; extended later by probes that want to touch what is not theirs.
 */
#include "port.h"

#define MAIR_VALUE 0x00ffull /* attribute 0: normal write-back, 1: device-nGnRnE */
#define TCR_VALUE \
	(25ull | (1ull << 8) | (1ull << 10) | (3ull << 12) | (1ull << 23) | (2ull << 32)) /* T0SZ 25, WB, inner shared, no TTBR1, 40 bits */
#define DESC_TABLE 3ull
#define DESC_BLOCK (1ull | (1ull << 10)) /* accessed */
#define DESC_INNER (3ull << 8)
#define DESC_DEVICE (1ull << 2)
#define BLOCK_SIZE 0x200000ull
#define TABLES 8

static u64 tables[1 + TABLES][512] __attribute__((aligned(4096)));
static u32 tables_used;

void map_range(u64 address, u64 size, enum map_kind kind)
{
	u64 first = address & ~(BLOCK_SIZE - 1);

	for (u64 at = first; at < address + size && at >= first; at += BLOCK_SIZE) {
		u64 *top = &tables[0][(at >> 30) & 511];
		u64 *entry;

		if (*top == 0) {
			if (tables_used == TABLES)
				return;
			*top = (u64)(uintptr_t)tables[1 + tables_used++] | DESC_TABLE;
		}
		entry = (u64 *)(uintptr_t)(*top & ~0xfffull) + ((at >> 21) & 511);
		if (*entry == 0)
			*entry = at | DESC_BLOCK | (kind == MAP_DEVICE ? DESC_DEVICE : DESC_INNER);
	}
	asm volatile("dsb ishst; isb" ::: "memory");
}

static void map_controller(const struct comm_page *page)
{
	if (page->gicd_gpa != 0)
		map_range(page->gicd_gpa, 0x10000, MAP_DEVICE);
	if (page->gicr_gpa != 0)
		map_range(page->gicr_gpa, page->gicr_stride * page->cpu_count, MAP_DEVICE);
	if (page->uart_gpa != 0)
		map_range(page->uart_gpa, 0x1000, MAP_DEVICE);
}

void port_mmu_init(u64 argument)
{
	extern char _start[], __bss_end[];
	const struct comm_page *page = (const struct comm_page *)(uintptr_t)argument;

	map_range((u64)(uintptr_t)_start, (u64)(__bss_end - _start), MAP_NORMAL);
	if (page != NULL && page->magic == COMM_MAGIC) {
		map_range(page->memory_gpa, page->memory_size, MAP_NORMAL);
		map_range(argument, BULKHEAD_PAGE_SIZE, MAP_NORMAL);
		map_controller(page);
	}
	for (u32 i = 0; i < INMATE_CPUS; i++) {
		cpu_slots[i].ttbr = (u64)(uintptr_t)tables[0];
		cpu_slots[i].tcr = TCR_VALUE;
		cpu_slots[i].mair = MAIR_VALUE;
	}
}
