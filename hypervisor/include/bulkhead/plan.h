/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * blob.c: flat configuration blob -> verified plan. Pure: no globals, no allocation; the same object is linked into the
 * hypervisor, cellctl, unit tests and fuzzers. A plan points into the blob it was made from, which must be the caller's
 * private copy.
 *
 * What a plan guarantees without any further check: header, sections and records lie inside the blob, all counts are in
 * range, all reserved fields and unknown flags are zero, every range is range_ok() and page aligned where it must be, the
 * guest-physical ranges of a cell are disjoint (comm page included), host ranges given are disjoint, no board CPU or irq
 * is named twice, the name is valid. Ownership (ledger.h) is not looked at.
 */
#ifndef BULKHEAD_PLAN_H
#define BULKHEAD_PLAN_H

#include <bulkhead/abi/blob.h>
#include <bulkhead/abi/hypercall.h>
#include <bulkhead/addr.h>

#define PLAN_MAX_MMIO 32
#define PLAN_MAX_IRQS 64
#define PLAN_IRQ_END 1024 /* all numbers of interrupts are below, on each architecture */
#define PLAN_MAX_RAM 64
#define PLAN_MAX_GICR 16
#define PLAN_MAX_IOAPICS 8
#define PLAN_MAX_PIO 16
#define PLAN_MAX_RANGES (CELL_MAX_MEMORY + PLAN_MAX_MMIO + WINDOW_CELL_MAX + 1)
#define PLAN_MAX_TRAPPED 12 /* of the MMIO records; the port needs the rest of MMIO_MAX_REGIONS */

struct system_plan {
	const struct blob_header *header;
	const struct blob_machine *machine;
	const struct blob_ram *ram;
	u32 ram_count;
	const struct blob_cpu *cpu;
	u32 cpu_count;
	const struct blob_gic *gic; /* arm64 only, else NULL */
	const struct blob_ram *gicr;
	u32 gicr_count;
	const struct blob_aplic *aplic; /* riscv only, else NULL */
	const struct blob_imsic *imsic;
	const struct blob_ioapic *ioapic; /* x86 only, else NULL */
	u32 ioapic_count;
	const struct blob_x86 *x86;
};

/* Registers of the VT-d unit that remaps interrupts of the first IO-APIC; 0: none. */
static inline u64 plan_remap_unit(const struct system_plan *p)
{
	return p->x86 != NULL ? (u64)p->x86->remap_page << PAGE_SHIFT : 0;
}

struct cell_plan {
	const struct blob_header *header;
	const struct blob_cell *cell;
	const struct blob_cell_cpu *cpu;
	u32 cpu_count;
	const struct blob_cell_memory *memory;
	u32 memory_count;
	const struct blob_cell_mmio *mmio;
	u32 mmio_count;
	const struct blob_cell_irq *irq;
	u32 irq_count;
	const struct blob_cell_pio *pio; /* x86 */
	u32 pio_count;
	const struct blob_cell_window *window;
	u32 window_count;
};

/* All its ranges by number: memory, devices, windows, comm page. Guest-physical, or where they are in the machine, if it says so. */
u32 plan_range_count(const struct cell_plan *p);
struct range plan_range(const struct cell_plan *p, u32 i, bool host);
/* Ascending, in place. With start << 8 | i as keys, who overlaps anybody overlaps a neighbour: all pairs would take too long. */
void plan_sort(u64 *key, u32 count);

/* Registers that do not fill whole pages cannot be mapped: each access traps and is forwarded. */
static inline bool plan_mmio_trapped(const struct blob_cell_mmio *m)
{
	return ((m->gpa | m->size) & (PAGE_SIZE - 1)) != 0;
}

/* All pages of interrupt files of one CPU: its S-mode file, then its guest files. */
static inline struct range plan_imsic_files(const struct blob_imsic *m, u32 msi_index)
{
	u64 hart = msi_index & ((1u << m->hart_bits) - 1), group = msi_index >> m->hart_bits;

	return range_make(m->base + (group << m->group_shift) + (hart << (PAGE_SHIFT + m->guest_bits)), PAGE_SIZE << m->guest_bits);
}

#define WINDOW_MEMBER_ROOT ((const char[BULKHEAD_NAME_SIZE]){ "root" })

/* What was wrong, for a message: the check's id as in the cell language, and the section and record it was found in. */
struct blob_error {
	const char *check; /* e.g. "mem-overlap"; static string */
	u32 section;       /* enum blob_kind, 0: header */
	u32 record;
};

/*
 * Both return 0 or -EINVAL with *error filled; arch is the BULKHEAD_ARCH_* the caller runs on. size is what the caller
 * holds; header->size must equal it. Never read outside [blob, blob + size). blob is 8-byte aligned.
 */
int __must_check blob_verify_system(const void *blob, u64 size, u16 arch, struct system_plan *plan, struct blob_error *error);
int __must_check blob_verify_cell(const void *blob, u64 size, u16 arch, struct cell_plan *plan, struct blob_error *error);

/* Interrupts a cell may own on this architecture: [first, end). Below: private to a CPU; above: the format knows none. */
struct blob_irqs {
	u32 first, end;
};
struct blob_irqs blob_irqs(u16 arch);

/* A cell or board name: [a-z0-9][a-z0-9-]{0,30}, NUL padded to the field's end, not "root" and not "hypervisor". */
bool blob_name_ok(const char name[BULKHEAD_NAME_SIZE]);

#endif
