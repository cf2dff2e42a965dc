/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * own.c: the hypervisor's own address space: identity mapped, W^X, what is private to a CPU mapped there only. Levels are counted from the
 * last one, 0. The port says how: asm/layout.h (PERCPU_CPU, PERCPU_TABLES, PERCPU_SIZE, WINDOW_PAGES), asm/mm.h (OWN_LEVELS, OWN_BITS,
 * OWN_DEVICE_BITS; entries: PTE_OF, PTE_ADDRESS, PTE_PRESENT, PAGE_*, DEVICE_BLOCK).
 */
#ifndef BULKHEAD_OWN_H
#define BULKHEAD_OWN_H

#include <bulkhead/abi/boot.h>
#include <bulkhead/addr.h>
#include <bulkhead/arch.h>

#include <asm/layout.h>
#include <asm/mm.h>

/*
 * First CPU, before any of the tables is in use: makes those of all CPUs, in a claim that arrives zeroed. 0, -EINVAL, or -ERANGE: it is too
 * large, or lies where there is no room for a window beside it.
 */
int __must_check own_build(const struct boot_block *boot, u64 base, u64 rodata, u64 data);
/* Maps registers on all CPUs; the caller orders that before their use. 0, or -ERANGE. */
int __must_check own_map_device(struct range r);

/* First page of each slot in the window of a CPU. */
static inline u32 own_window_page(enum window_slot slot)
{
	static const u8 first[WINDOW_SLOTS] = {
		[WINDOW_TABLE0] = 0, [WINDOW_TABLE0 + 1] = 1, [WINDOW_TABLE0 + 2] = 2, [WINDOW_TABLE0 + 3] = 3, [WINDOW_POOL] = 4,
		[WINDOW_RING] = 5,   [WINDOW_COMM] = 6,       [WINDOW_DEVICE] = 7,     [WINDOW_SOURCE] = 16,    [WINDOW_TARGET] = 32,
	};

	return first[slot];
}

#endif
