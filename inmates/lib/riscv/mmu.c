// SPDX-License-Identifier: BSD-2-Clause
/*
 * The guest's own page tables: Sv39 identity map of 2 MiB leaves, only of what was asked for. Built before translation is on, so
 * straight from the comm page; extended later by probes that want to touch what is not theirs. What is memory may be executed, what
 * is a device may not.
 */
#include "port.h"

#define SATP_SV39 (8ull << 60)
#define PTE_TABLE 0x1ull
#define PTE_DEVICE 0xc7ull /* valid, read, write, accessed, dirty */
#define PTE_NORMAL 0xcfull /* and execute */
#define LEAF_SIZE 0x200000ull
#define TABLES 8

static u64 tables[1 + TABLES][512] __attribute__((aligned(4096)));
static u32 tables_used;

static u64 *table_of(u64 pte)
{
	return (u64 *)(uintptr_t)(pte >> 10 << 12);
}

void map_range(u64 address, u64 size, enum map_kind kind)
{
	u64 first = address & ~(LEAF_SIZE - 1);

	for (u64 at = first; at < address + size && at >= first; at += LEAF_SIZE) {
		u64 *top = &tables[0][(at >> 30) & 511];
		u64 *entry;

		if (*top == 0) {
			if (tables_used == TABLES)
				return;
			*top = (u64)(uintptr_t)tables[1 + tables_used++] >> 12 << 10 | PTE_TABLE;
		}
		entry = &table_of(*top)[(at >> 21) & 511];
		if (*entry == 0)
			*entry = at >> 12 << 10 | (kind == MAP_DEVICE ? PTE_DEVICE : PTE_NORMAL);
	}
	asm volatile("sfence.vma" ::: "memory");
}

void port_table_put(u64 address, u64 table)
{
	tables[0][(address >> 30) & 511] = table >> 12 << 10 | PTE_TABLE;
	asm volatile("sfence.vma" ::: "memory");
}

static void map_controller(const struct comm_page *page)
{
	if (page->aplic_gpa != 0)
		map_range(page->aplic_gpa, 0x8000, MAP_DEVICE);
	if (page->imsic_gpa != 0)
		map_range(page->imsic_gpa, page->cpu_count * 0x1000ull, MAP_DEVICE);
	if (page->uart_gpa != 0)
		map_range(page->uart_gpa, 0x1000, MAP_DEVICE);
}

u64 port_mmu_init(u64 argument)
{
	extern char _start[], __bss_end[];
	const struct comm_page *page = (const struct comm_page *)(uintptr_t)argument;
	u64 satp = SATP_SV39 | (u64)(uintptr_t)tables[0] >> 12;

	map_range((u64)(uintptr_t)_start, (u64)(__bss_end - _start), MAP_NORMAL);
	if (page != NULL && page->magic == COMM_MAGIC) {
		map_range(page->memory_gpa, page->memory_size, MAP_NORMAL);
		map_range(argument, BULKHEAD_PAGE_SIZE, MAP_NORMAL);
		map_controller(page);
	}
	for (u32 i = 0; i < INMATE_CPUS; i++)
		cpu_slots[i].satp = satp;
	return satp;
}
