/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * context.c: what a guest can see or leave behind in registers, as tables: the EL1 and EL0 state reset between owners, the
 * EL2 controls we change and why. sysreg.c: trapped system registers and the identification registers a cell sees.
 */
#ifndef ASM_CONTEXT_H
#define ASM_CONTEXT_H

#include <asm/gic.h>
#include <bulkhead/cpu.h>

/* Every EL1/EL0 register, FP/SIMD, timers, PMU, debug, pointer-auth keys: values of the reset table. Root and cells. */
void context_reset(struct cpu *cpu);
/* EL2 controls (HCR, CPTR, MDCR, CNTHCTL, HSTR, VMPIDR, VPIDR...) for running this cell (or root); starts from native values. */
void context_enter(struct cpu *cpu, const struct cell *cell);
/* Saves the EL2 controls found at entry into cpu->arch.native[], and puts them back. HCR_EL2 and VTTBR/VTCR included. */
void context_save_native(struct cpu *cpu);
void context_restore_native(struct cpu *cpu);
/* HCR_EL2 for this cell (plan NULL: root), from the native value. Called at create, on any CPU. */
u64 context_hcr(const struct cell *cell);

/* Trapped MSR/MRS other than the GIC's (EC 0x18), from a cell or the root. Same results as gic_sysreg(). */
enum sysreg_result sysreg_trap(struct cpu *cpu, u32 iss, u64 *value, u32 *cause);

#endif
