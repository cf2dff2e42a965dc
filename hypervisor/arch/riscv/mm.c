/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypervisor's own address space, which core/own.c builds, the driver's table in use: the window on foreign memory, and its caches. */
#include <asm/fence.h>
#include <asm/port.h>
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

	fence_own();
	return err;
}

void *arch_window(enum window_slot slot, struct pa pa, u32 pages)
{
	struct cpu *cpu = this_cpu();
	u32 first = own_window_page(slot);
	u64 *entry = &cpu->window[first];
	u64 va = cpu->window_va + ((u64)first << PAGE_SHIFT);

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
