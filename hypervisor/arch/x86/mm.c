/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's own address space, which core/own.c builds, the driver's table in use: the interrupt table, and the window on foreign
 * memory.
 */
#include <asm/port.h>
#include <asm/x86.h>
#include <bulkhead/own.h>
#include <bulkhead/runtime.h>

#define EXCEPTIONS 32
#define GATE_INTERRUPT (0x8eull << 40)

/* Linker script; addresses are physical. */
extern char rodata_start[], data_start[];
extern const struct boot_block image_end; /* on the page behind the image */
/* Written once; loaded by entry.S. */
extern u64 own_idt[512];
u64 own_idt[512] __attribute__((aligned(4096)));

static void gate_set(u32 vector, const char *handler)
{
	u64 at = (u64)handler;

	own_idt[2 * vector] = (at & 0xffff) | KERNEL_CS << 16 | GATE_INTERRUPT | (at >> 16 & 0xffff) << 48;
	own_idt[2 * vector + 1] = at >> 32;
}

static void build_gates(void)
{
	u64 size = ((u64)exception_stubs_end - (u64)exception_stubs) / EXCEPTIONS;

	for (u32 vector = 0; vector < 256; vector++)
		gate_set(vector, vector < EXCEPTIONS ? exception_stubs + vector * size : interrupt_entry);
	gate_set(VECTOR_NMI, nmi_entry);
	gate_set(VECTOR_MC, machine_check_entry);
	gate_set(VECTOR_SX, init_entry);
}

int mm_build(u64 base)
{
	build_gates();
	return own_build(&image_end, base, (u64)rodata_start, (u64)data_start);
}

__noinline int arch_map_device(struct range r)
{
	int err = own_map_device(r);

	write_cr3(read_cr3());
	return err;
}

void *arch_window(enum window_slot slot, struct pa pa, u32 pages)
{
	struct cpu *cpu = arch_this_cpu();
	u32 first = own_window_page(slot);
	u64 *entry = &cpu->window[first];
	u64 va = cpu->window_va + ((u64)first << PAGE_SHIFT);
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
