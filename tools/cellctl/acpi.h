/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * acpi.c: what the firmware and the kernel of an x86 machine say about it, read below a directory ("" is this machine) that may as
 * well be a record of another one. acpi_tree.c writes it down as a device tree, the form of every board.
 */
#ifndef CELLCTL_ACPI_H
#define CELLCTL_ACPI_H

#include <bulkhead/plan.h>

#include "tree.h"

#define ACPI_TABLES "/sys/firmware/acpi/tables"
#define ACPI_MAX_OVERRIDES 32
#define ACPI_MAX_ECAM 8
#define ACPI_MAX_IOMMU 16
#define ACPI_MAX_WINDOWS 32
#define ACPI_MAX_PNP 48
#define PNP_MAX_RESOURCES 6
#define IOAPIC_PINS 24 /* of the last one, whose end no table tells */

struct acpi_ioapic {
	u64 base;
	u32 gsi_base, pin_count, id;
};

/* Of an ISA interrupt that is not edge, high and of its own number. */
struct acpi_override {
	u32 irq, gsi, flags;
};

struct acpi_ecam {
	u64 base;
	u32 segment, first_bus, last_bus;
};

/* A device the kernel knows by PNP. */
struct acpi_pnp {
	char name[16]; /* "00:04" */
	char id[16];   /* "PNP0501" */
	struct range ports[PNP_MAX_RESOURCES];
	u32 irqs[PNP_MAX_RESOURCES];
	u32 port_count, irq_count;
	bool dma;
};

struct acpi_machine {
	char oem[8], model[12];
	u32 apic_ids[BULKHEAD_MAX_CPUS]; /* the boot CPU first */
	u32 cpu_count;
	u64 lapic;
	struct acpi_ioapic ioapics[PLAN_MAX_IOAPICS];
	u32 ioapic_count;
	struct acpi_override overrides[ACPI_MAX_OVERRIDES];
	u32 override_count;
	struct acpi_ecam ecams[ACPI_MAX_ECAM];
	u32 ecam_count;
	u64 iommus[ACPI_MAX_IOMMU];
	u32 iommu_count;
	bool iommu_amd;
	u64 remap_unit;   /* VT-d, of the first IO-APIC's interrupts; 0: none */
	u32 remap_source; /* source id of those */
	u64 hpet;
	u32 pm1a, pm1b;                 /* control ports; 0: none */
	u32 reset_port, reset_value;    /* 0: none */
	struct range ram[PLAN_MAX_RAM]; /* whole pages */
	u32 ram_count;
	struct range windows[ACPI_MAX_WINDOWS]; /* of PCI, in memory */
	u32 window_count;
	struct acpi_pnp pnp[ACPI_MAX_PNP];
	u32 pnp_count;
	int serial_console; /* number of the ttyS that is the root's console; -1: none */
};

/* Whether tables are there to be read. */
bool acpi_present(const char *root);
/* Reports; 0 or -EINVAL. */
int acpi_read(const char *root, struct acpi_machine *m);
/* The machine as a device tree. Reports; 0 or -EINVAL. */
int acpi_tree(const char *root, struct tree *tree);

#endif
