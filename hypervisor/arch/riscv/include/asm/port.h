/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of this port call of each other; assembly included. */
#ifndef ASM_PORT_H
#define ASM_PORT_H

#include <asm/aia.h>
#include <asm/csr.h>
#include <bulkhead/abi/fault.h>
#include <bulkhead/cpu.h>
#include <bulkhead/mmio.h>

/* entry.S */
__noreturn void native_return(struct cpu *cpu, u64 sp, s64 result);          /* leaves the hypervisor's address space, to cpu->arch.entry */
__noreturn void guest_enter(u64 a0, u64 a1, u64 sp, u64 gp, u64 tp);         /* all other registers 0; sepc is set; the stack starts anew */
__noreturn void stack_reset(struct cpu *cpu, void (*next)(struct cpu *cpu)); /* calls next on an empty stack */
/*
 * Calls read(argument), which does one thing that may trap; false: it did, and *value is untouched. Clobbers sepc, scause,
 * stval, htval, htinst, and SPP and SPV when it did.
 */
bool try_read(u64 (*read)(u64 argument), u64 argument, u64 *value);
extern char trap_entry[];

/* mm.c, the driver's table in use, first CPU: builds all CPUs' tables; 0 or -errno. */
int mm_build(u64 base);

/* The stack ends where struct cpu begins, and the frame of the guest's trap is on top of it. */
static inline struct cpu *cpu_of(struct trap_frame *frame)
{
	return (struct cpu *)(frame + 1);
}

static inline struct trap_frame *frame_of(struct cpu *cpu)
{
	return (struct trap_frame *)cpu - 1;
}

static inline struct cpu *this_cpu(void)
{
	return cpu_of((struct trap_frame *)read_csr(CSR_SSCRATCH));
}

/*
 * trap.c: called by entry.S. Calls: the frame has what C may change, a6 and a7 are still where the guest put them; gives the
 * guest's new a0.
 */
u64 trap_ecall(struct trap_frame *frame, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 number, u64 eid);
void trap_other(struct trap_frame *frame, u64 cause);

/* fault.c */
void fault_guest_page(struct cpu *cpu, struct trap_frame *frame, u64 cause);
/* The cell of this CPU ends: fills the record from the frame. */
__noreturn void cell_fault(struct cpu *cpu, enum fault_cause cause, u64 address, u64 vaddress);
/* The root takes an exception at its own level; counted. */
void inject(struct cpu *cpu, u64 cause, u64 value);
/* The instruction at sepc as the guest would fetch it: its 16-bit parcels, at most 4 bytes; false: not readable any more. */
bool fetch_insn(u64 pc, u32 *insn);

/* sbi.c: a guest's firmware call; its new a0 */
u64 sbi_trap(struct cpu *cpu, struct trap_frame *frame);

/* The vCPU a guest means by this hart id, -1: none. The root names harts by their own ids, a cell by vCPU numbers. */
int hart_vcpu(const struct cell *cell, u64 hart);

#endif
