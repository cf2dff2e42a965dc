/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GICv3 in exit-free mode: Group 1 interrupts go straight to the guest, which acknowledges them on the physical CPU
 * interface; the distributor and redistributors are trapped and filtered by ownership (vgic.c), the physical side and the
 * kick are in gicv3.c. Register layouts: Arm IHI 0069 (GICv3/v4), chapter 12.
 */
#ifndef ASM_GIC_H
#define ASM_GIC_H

#include <bulkhead/cell.h>
#include <bulkhead/cpu.h>

#define GIC_KICK_SGI 8 /* above those Linux uses; hidden from all guests */

/* gicv3.c. arch_irq_init(), arch_irq_undo(), arch_irq_move(), arch_cpu_kick() and arch_cpu_wait() of arch.h are there too. */
int __must_check gic_probe(const struct system_plan *plan); /* -ENODEV with a log line */
int __must_check gic_cpu_init(struct cpu *cpu); /* root keeps its interrupts; sets up FMO mode, EOImode 0, PMR, kick */
void gic_cpu_exit(struct cpu *cpu); /* back to what gic_cpu_init() found, for native root or firmware */
void gic_cpu_quiesce(struct cpu *cpu); /* park: the per-CPU reset table; only the kick stays enabled */
void gic_cpu_enter(struct cpu *cpu, const struct cell *cell); /* interface state a guest starts with; ICH_HCR_EL2 */
void gic_fiq(struct cpu *cpu); /* FIQ taken to EL2: acknowledges and ends what is pending; the caller then cpu_service()s */
void gic_clear_kick(struct cpu *cpu); /* kick method 1: clears the pending Group 1 SGI */
u32 gic_kick_method(void); /* 0: Group 0 SGI, 1: stage-2 pull + Group 1 SGI */

/* vgic.c: emulation. gic_cell_create() registers the distributor and redistributor regions in cell->mmio (root too). */
void gic_cell_create(struct cell *cell, const struct cell_plan *plan); /* plan NULL: the root */
/*
 * Trapped ICC_* access (EC 0x18). iss: ESR_EL2.ISS; value in/out: the register Xt. Returns SYSREG_DONE, or SYSREG_UNKNOWN if
 * the register is not the GIC's, or SYSREG_DENIED with *cause: the cell must end.
 */
enum sysreg_result { SYSREG_DONE, SYSREG_UNKNOWN, SYSREG_DENIED };
enum sysreg_result gic_sysreg(struct cpu *cpu, u32 iss, u64 *value, u32 *cause);

#endif
