/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupts of devices: the first IO-APIC and what remaps its messages. Those of other IO-APICs are not for cells. */
#ifndef ASM_IOAPIC_H
#define ASM_IOAPIC_H

#include <bulkhead/cell.h>
#include <bulkhead/plan.h>

/* ioapic.c; the contract of arch.h */
int __must_check ioapic_controllers(const struct system_plan *plan, int (*add)(struct range r));
void ioapic_init(const struct system_plan *plan);
int __must_check ioapic_cell_check(const struct cell_plan *plan);
void ioapic_cell_create(struct cell *cell, const struct cell_plan *plan);
void ioapic_move(u32 gsi);

/* remap.c: looks for the unit that remaps the first IO-APIC; says why cells get no interrupts. First CPU, before others entered. */
void remap_init(const struct system_plan *plan);
bool remap_ready(void);
/* The table entry that sends this vector to this CPU; REMAP_NONE: it is taken. */
#define REMAP_NONE (~0u)
u32 remap_entry(u64 hwid, bool level, u8 vector);

#endif
