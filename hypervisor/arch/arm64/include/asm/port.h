/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of this port call of each other; vectors.S and entry.S included. */
#ifndef ASM_PORT_H
#define ASM_PORT_H

#include <asm/gic.h>
#include <bulkhead/abi/fault.h>
#include <bulkhead/cpu.h>
#include <bulkhead/mmio.h>

/* entry.S */
__noreturn void native_return(struct cpu *cpu, struct trap_frame *frame, s64 result); /* leaves EL2's MMU, ERETs to the root */
__noreturn void guest_enter(u64 x0);                                                  /* ERETs with x1-x30 = 0; the stack starts anew */
__noreturn void stack_reset(struct cpu *cpu, void (*next)(struct cpu *cpu));          /* calls next on an empty stack */
void smc_call(u64 regs[18]);                                                          /* x0-x17 in and out */

/* mm.c, MMU off, first CPU: builds all CPUs' tables; 0 or -errno. */
int mm_build(u64 base);

/* trap.c: called by vectors.S */
void trap_hvc(struct trap_frame *frame); /* hypercalls: x19-x28 are not in the frame */
void trap_sync(struct trap_frame *frame);
void trap_fiq(struct trap_frame *frame);
void trap_irq(struct trap_frame *frame);
void trap_serror(struct trap_frame *frame);
__noreturn void trap_own(u64 vector);

/* abort.c */
void trap_data_abort(struct trap_frame *frame); /* called by vectors.S: registers, or else abort_trap() */
void abort_trap(struct cpu *cpu, struct trap_frame *frame, u64 esr);
/* The cell of this CPU ends: fills the record from the frame. */
__noreturn void cell_fault(struct cpu *cpu, enum fault_cause cause, u64 address, u64 vaddress);
/* The root takes an exception at its EL1: UNDEF, or an abort at vaddress that it can survive. */
void inject_undefined(struct cpu *cpu);
void inject_abort(struct cpu *cpu, u64 esr, u64 vaddress);

/* psci.c: an SMC, or an HVC in the firmware ranges; x0-x3 of the frame get the result. */
void firmware_call(struct cpu *cpu, struct trap_frame *frame);
/* Own CPU to firmware, at disable; does not return. Whether firmware says a CPU is off. */
__noreturn void psci_cpu_off(void);
bool psci_is_off(u64 mpidr);

/* The vCPU a guest means by this affinity, -1: none. */
int affinity_vcpu(const struct cell *cell, u64 affinity);

static inline struct cpu *this_cpu(void)
{
	u64 cpu;

	__asm__("mrs %0, tpidr_el2" : "=r"(cpu));
	return (struct cpu *)cpu;
}

static inline void advance_pc(void)
{
	u64 elr;

	__asm__ volatile("mrs %0, elr_el2" : "=r"(elr));
	__asm__ volatile("msr elr_el2, %0" : : "r"(elr + 4));
}

#endif
