/* SPDX-License-Identifier: GPL-2.0-only */
/* Configuration blobs out of their parts: valid by default, any field can be spoiled before parts_emit_*(). */
#ifndef FAKE_PARTS_H
#define FAKE_PARTS_H

#include <bulkhead/plan.h>

struct blob {
	u64 data[BLOB_MAX_SIZE / 8]; /* 8-byte aligned */
	u64 size;
};

struct system_parts {
	struct blob_header header;
	struct blob_ram ram[PLAN_MAX_RAM + 1];
	u32 ram_count;
	struct blob_cpu cpu[BULKHEAD_MAX_CPUS + 1];
	u32 cpu_count;
	struct blob_machine machine;
	struct blob_gic gic; /* emitted on arm64 */
	struct blob_ram gicr[PLAN_MAX_GICR + 1];
	u32 gicr_count;
	struct blob_aplic aplic; /* emitted on riscv */
	struct blob_imsic imsic;
};

struct cell_parts {
	struct blob_header header;
	struct blob_cell config;
	struct blob_cell_cpu cpu[BULKHEAD_MAX_CPUS + 1];
	u32 cpu_count;
	struct blob_cell_memory memory[CELL_MAX_MEMORY + 1];
	u32 memory_count;
	struct blob_cell_mmio mmio[PLAN_MAX_MMIO + 1];
	u32 mmio_count;
	struct blob_cell_irq irq[PLAN_MAX_IRQS + 1];
	u32 irq_count;
	struct blob_cell_window window[WINDOW_CELL_MAX + 1];
	u32 window_count;
};

/* The fake machine, or for arch arm64 or riscv one with an interrupt controller. */
void parts_system(struct system_parts *p, u16 arch, u32 count);
/* One CPU (any), memory at 0x40000000, nothing else. */
void parts_cell(struct cell_parts *p, u16 arch, const char *name);
void parts_emit_system(const struct system_parts *p, struct blob *out);
void parts_emit_cell(const struct cell_parts *p, struct blob *out);
/* Header of section i of an emitted blob. */
struct blob_section *parts_section(struct blob *b, u32 i);

#endif
