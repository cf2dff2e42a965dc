/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * context.c: what a guest can see or leave behind in registers, as tables: the EL1 and EL0 state reset between owners, the
 * EL2 controls we change and why. sysreg.c: trapped system registers and the identification registers a cell sees.
 */
#ifndef ASM_CONTEXT_H
#define ASM_CONTEXT_H

#include <asm/gic.h>
#include <bulkhead/cpu.h>

/* What context_save_native() keeps in cpu->arch.native[]. */
enum context_native {
	NATIVE_HCR,
	NATIVE_HCRX, /* 0 where the CPU has none */
	NATIVE_CPTR,
	NATIVE_MDCR,
	NATIVE_HSTR,
	NATIVE_CNTHCTL,
	NATIVE_CNTVOFF,
	NATIVE_VPIDR,
	NATIVE_VMPIDR,
	NATIVE_VTTBR,
	NATIVE_VTCR,
	NATIVE_ACTLR, /* ACTLR_EL1: what a reset puts back */
	NATIVE_COUNT
};

/*
 * Every EL1/EL0 register, FP/SIMD, timers, PMU, debug, pointer-auth keys: values of the reset table. Root and cells. Drops
 * this CPU's EL1 translations and instruction cache, too. After context_save_native().
 */
void context_reset(struct cpu *cpu);
/*
 * EL2 controls (HCR, CPTR, MDCR, CNTHCTL, HSTR, VMPIDR, VPIDR, and VTTBR, VTCR) for running this cell (or root); starts
 * from native values. cell->arch is filled.
 */
void context_enter(struct cpu *cpu, const struct cell *cell);
/* Saves the EL2 controls found at entry into cpu->arch.native[], and puts them back. HCR_EL2 and VTTBR/VTCR included. */
void context_save_native(struct cpu *cpu);
void context_restore_native(struct cpu *cpu);
/* HCR_EL2 for this cell, from the native value. Called at create: for the root before context_enter(), for cells on any CPU. */
u64 context_hcr(const struct cell *cell);

/* context_asm.S (to be listed in the Makefile): V0-V31, FPCR, FPSR; the first n breakpoint and watchpoint pairs. */
void context_reset_fp(void);
void context_reset_debug(u64 breakpoints, u64 watchpoints);

/*
 * Trapped MSR/MRS other than the GIC's (EC 0x18), from a cell or the root. Same results as gic_sysreg(); counts the exit in
 * every case. The root never gets SYSREG_DENIED.
 */
enum sysreg_result sysreg_trap(struct cpu *cpu, u32 iss, u64 *value, u32 *cause);

#endif
