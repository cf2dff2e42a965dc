/* SPDX-License-Identifier: GPL-2.0-only */
/* Fake architecture: physical memory, windows, caches, page table entries. */
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PHYS_BASE FAKE_DEVICE_BASE
#define PHYS_SIZE (FAKE_RAM_BASE + FAKE_RAM_SIZE - FAKE_DEVICE_BASE)
#define SLOT_BYTES (ARCH_WINDOW_PAGES * PAGE_SIZE)

static int memory_fd = -1;
static char *view;  /* the tests' view, and the windows in fast mode */
static char *slots; /* strict mode: one stretch of addresses per slot */
static u64 slot_pa[WINDOW_SLOTS];
static u32 slot_pages[WINDOW_SLOTS];

static void die(const char *what)
{
	perror(what);
	abort();
}

void fake_memory_reset(void)
{
	if (memory_fd < 0) {
		memory_fd = memfd_create("physical", 0);
		if (memory_fd < 0 || ftruncate(memory_fd, (off_t)PHYS_SIZE) != 0)
			die("memfd");
		view = mmap(NULL, PHYS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory_fd, 0);
		slots = mmap(NULL, WINDOW_SLOTS * SLOT_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (view == MAP_FAILED || slots == MAP_FAILED)
			die("mmap");
	}
	memset(slot_pa, 0, sizeof(slot_pa));
	memset(slot_pages, 0, sizeof(slot_pages));
}

/* The hypervisor's own memory is mapped at its physical address, as on the real machine. */
void fake_memory_claim(u64 base, u64 size)
{
	void *at = (void *)(uintptr_t)base; /* NOLINT: a physical address */

	if (mmap(at, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, memory_fd, (off_t)(base - PHYS_BASE)) != at)
		die("claim");
	memset(at, 0, size);
}

void *fake_memory(u64 pa)
{
	if (pa < PHYS_BASE || pa - PHYS_BASE >= PHYS_SIZE) {
		fprintf(stderr, "fake: no memory at 0x%llx\n", (unsigned long long)pa);
		abort();
	}
	return view + (pa - PHYS_BASE);
}

bool fake_memory_is(u64 pa, u64 size, u8 value)
{
	const char *at = fake_memory(pa);

	return size == 0 || ((u8)at[0] == value && memcmp(at, at + 1, size - 1) == 0);
}

void *arch_window(enum window_slot slot, struct pa pa, u32 pages)
{
	u32 limit = slot == WINDOW_SOURCE || slot == WINDOW_TARGET ? ARCH_WINDOW_PAGES : 1;
	char *at = slots + (u64)slot * SLOT_BYTES;

	if (slot >= WINDOW_SLOTS || pages == 0 || pages > limit || (pa.v & (PAGE_SIZE - 1)) != 0) {
		fprintf(stderr, "fake: bad window: slot %u pa 0x%llx pages %u\n", (u32)slot, (unsigned long long)pa.v, pages);
		abort();
	}
	fake.windows++;
	if (fake.strict_windows && slot_pa[slot] == pa.v && slot_pages[slot] == pages)
		return at;
	slot_pa[slot] = pa.v;
	slot_pages[slot] = pages;
	(void)fake_memory(pa.v + pages * PAGE_SIZE - 1); /* exists */
	if (!fake.strict_windows)
		return fake_memory(pa.v);
	if (limit > 1 && mmap(at, SLOT_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at)
		die("window");
	if (mmap(at, pages * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, memory_fd, (off_t)(pa.v - PHYS_BASE)) != at)
		die("window");
	return at;
}

u64 fake_window_pa(const void *pointer)
{
	const char *p = pointer;

	if (p >= view && p < view + PHYS_SIZE)
		return PHYS_BASE + (u64)(p - view);
	if (p >= slots && p < slots + WINDOW_SLOTS * SLOT_BYTES)
		return slot_pa[(u64)(p - slots) / SLOT_BYTES] + (u64)(p - slots) % SLOT_BYTES;
	return 0;
}

void *fake_memset(void *to, int value, size_t count)
{
	u64 pa = fake_window_pa(to);

	memset(to, value, count);
	if (pa != 0 && value == 0 && count >= PAGE_SIZE) {
		fake.scrubbed += count;
		order_event((struct order_event){ .kind = ORDER_SCRUB, .pa = pa, .size = count });
	}
	return to;
}

void *fake_memcpy(void *to, const void *from, size_t count)
{
	u64 pa = fake_window_pa(to);

	memcpy(to, from, count);
	if (pa != 0)
		order_event((struct order_event){ .kind = ORDER_WRITE, .pa = pa, .size = count });
	return to;
}

void arch_clean(const void *start, u64 size, enum clean_op op)
{
	u64 pa = fake_window_pa(start);

	fake.cleaned += size;
	if (pa != 0)
		order_event((struct order_event){ .kind = ORDER_CLEAN, .pa = pa, .size = size, .detail = (u32)op });
}

/* --- page table entries: nothing here looks like hardware --------------------------------------------------------------- */

#define KIND_LEAF 0xa0u
#define KIND_TABLE 0x5fu

static u64 scramble(u64 v)
{
	return ~(v << 23 | v >> 41);
}

static u64 unscramble(u64 v)
{
	v = ~v;
	return v >> 23 | v << 41;
}

static u64 pte_leaf(u32 level, struct pa pa, u32 flags)
{
	return scramble(pa.v >> PAGE_SHIFT << 16 | flags << 8 | KIND_LEAF | level);
}

enum pte_kind arch_pte_decode(u32 level, u64 pte, struct pa *pa, u32 *flags)
{
	u64 v = unscramble(pte);

	if (pte == 0)
		return PTE_EMPTY;
	pa->v = v >> 16 << PAGE_SHIFT;
	if ((v & 0xffff) == KIND_TABLE)
		return PTE_TABLE;
	if ((v & 0xff) != (KIND_LEAF | level)) {
		fprintf(stderr, "fake: entry 0x%llx is not one of level %u\n", (unsigned long long)pte, level);
		abort();
	}
	*flags = (u32)(v >> 8 & 0xff);
	return PTE_LEAF;
}

static void pte_write(u64 *entry, u64 pte)
{
	u64 old = *entry;
	u64 pa = fake_window_pa(entry);

	*entry = pte;
	order_pte(pa, old, pte);
}

void arch_pte_link(u64 *entry, struct pa table)
{
	pte_write(entry, table.v ? scramble(table.v >> PAGE_SHIFT << 16 | KIND_TABLE) : 0);
}

void arch_pte_fill(u64 *entry, u32 count, u32 level, struct pa pa, u64 step, u32 flags)
{
	for (u32 i = 0; i < count; i++)
		pte_write(&entry[i], pte_leaf(level, (struct pa){ pa.v + i * step }, flags));
}

/* Level 0: 64 MiB, tables only; then 1 MiB, 32 KiB, 4 KiB. */
int arch_stage2_geometry(u64 limit, struct pg_geometry *g)
{
	if (fake.fail == FAIL_GEOMETRY || limit > BIT64(36))
		return -BH_ERANGE;
	*g = (struct pg_geometry){
		.levels = 4,
		.shift = { 26, 20, 15, 12 },
		.entries = { (u32)((limit + BIT64(26) - 1) >> 26), 64, 32, 8 },
		.root_pages = 1,
		.min_block_level = 1,
	};
	if (g->entries[0] > 512)
		g->root_pages = 2;
	return 0;
}
