/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * AIA in exit-free mode: the owner of a CPU has guest interrupt file 1 of it (hstatus.VGEIN = 1, its page mapped where the
 * guest looks for an S-mode file), so IPIs, MSIs and wired interrupts reach it without us; the APLIC is trapped and filtered
 * by ownership (vaplic.c). The S-mode file is ours and gets what devices of the root send to the address they were given
 * before: aia_external() passes it on. RISC-V AIA, chapters 3 (IMSIC), 4 (APLIC) and 8 (guest files).
 */
#ifndef ASM_AIA_H
#define ASM_AIA_H

#include <bulkhead/cell.h>
#include <bulkhead/cpu.h>

#define AIA_GUEST_FILE 1 /* hstatus.VGEIN, Guest Index of APLIC targets, pages after the S-mode file */

/* Device accesses and memory accesses before it, before those after it. Empty where unit tests compile this. */
#ifdef __riscv
#define io_fence() __asm__ volatile("fence iorw, iorw" : : : "memory")
#else
#define io_fence() ((void)0)
#endif

/* imsic.c: own CPU. They leave hstatus.VGEIN at AIA_GUEST_FILE; siselect is ours, vsiselect is kept unless said. */
int __must_check aia_probe(const struct system_plan *plan); /* -ENODEV with a log line; the AIA CSRs exist. Changes nothing */
int __must_check aia_cpu_init(struct cpu *cpu);             /* the root's interrupts go on in the guest file */
void aia_cpu_exit(struct cpu *cpu);                         /* the reverse; what is pending stays pending */
void aia_cpu_reset(struct cpu *cpu);                        /* park, and before a guest starts: guest file and vsiselect as after reset */
void aia_external(struct cpu *cpu);                         /* SEI taken by us; sets it pending for the root. Counts the exit */

/* aplic.c. arch_irq_init(), arch_irq_undo(), arch_resource_move() and arch_irq_page() of arch.h are there too. */
int __must_check aia_controllers(const struct system_plan *plan, int (*add)(struct range r)); /* for arch_controllers() */
int __must_check aia_cell_check(const struct cell_plan *plan);                                /* -EINVAL with a log line */
/* plan NULL: the root. Adds the APLIC to cell->mmio, fills cell->comm; after slots' owners are set. m */
void aia_cell_create(struct cell *cell, const struct cell_plan *plan);
/* Sources that go to this CPU go to this file of it (0: S-mode); when it returns no message is on its way to another one. */
void aplic_retarget(u32 cpu, u32 guest_file);

#endif
