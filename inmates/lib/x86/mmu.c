// SPDX-License-Identifier: BSD-2-Clause
/*
 * The guest's own page tables: identity map of 2 MiB pages, only of what was asked for. start.S made the way to the program itself;
 * here the comm page and what it names are added, and later what probes want to touch. What is memory may be executed, what is a
 * device may not.
 */
#include "port.h"

#define PTE_PRESENT 0x1ull
#define PTE_WRITE 0x2ull
#define PTE_UNCACHED 0x18ull
#define PTE_LARGE 0x80ull
#define PTE_NO_EXECUTE (1ull << 63)
#define PTE_ADDRESS 0x000ffffffffff000ull
#define PAGE_LARGE 0x200000ull
#define TABLES 24

u64 port_tables[TABLES][512] __attribute__((aligned(4096)));
static u32 tables_used = 3; /* by start.S */

static u64 *table_of(u64 *entry)
{
	if (*entry == 0) {
		if (tables_used == TABLES)
			return NULL;
		*entry = (u64)(uintptr_t)port_tables[tables_used++] | PTE_PRESENT | PTE_WRITE;
	}
	return (u64 *)(uintptr_t)(*entry & PTE_ADDRESS);
}

void map_range(u64 address, u64 size, enum map_kind kind)
{
	u64 first = address & ~(PAGE_LARGE - 1);

	for (u64 at = first; at < address + size && at >= first; at += PAGE_LARGE) {
		u64 *table = table_of(&port_tables[0][(at >> 39) & 511]);

		table = table == NULL ? NULL : table_of(&table[(at >> 30) & 511]);
		if (table == NULL)
			return;
		if (table[(at >> 21) & 511] == 0)
			table[(at >> 21) & 511] =
				at | PTE_LARGE | PTE_PRESENT | PTE_WRITE | (kind == MAP_DEVICE ? PTE_UNCACHED | PTE_NO_EXECUTE : 0);
	}
	/* Only what was not there is added, and what is not there is not cached. */
	asm volatile("" ::: "memory");
}

void port_table_put(u64 address, u64 table)
{
	u64 *pointers = table_of(&port_tables[0][(address >> 39) & 511]);

	if (pointers == NULL)
		return;
	pointers[(address >> 30) & 511] = table | PTE_PRESENT | PTE_WRITE;
	asm volatile("movq %%cr3, %%rax; movq %%rax, %%cr3" ::: "rax", "memory");
}

void port_mmu_init(u64 argument)
{
	const struct comm_page *page = (const struct comm_page *)(uintptr_t)argument;

	if (page == NULL)
		return;
	map_range(argument, BULKHEAD_PAGE_SIZE, MAP_NORMAL);
	if (page->magic == COMM_MAGIC)
		map_range(page->memory_gpa, page->memory_size, MAP_NORMAL);
}
