/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns the dispatch of traps from guests: hypercalls, interrupts of ours, instructions of the hypervisor level. */
#include <asm/context.h>
#include <asm/csr.h>
#include <asm/port.h>
#include <bulkhead/abi/hypercall.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define OPCODE(insn) ((insn)&0x7f)
#define OPCODE_SYSTEM 0x73
#define INSN_FUNCT3(insn) ((insn) >> 12 & 7)
#define INSN_RD(insn) ((insn) >> 7 & 31)
#define INSN_CSR(insn) ((insn) >> 20)

static inline __attribute__((always_inline)) void advance_pc(u64 length)
{
	write_csr(CSR_SEPC, read_csr(CSR_SEPC) + length);
}

static u64 other_ecall(struct cpu *cpu, struct trap_frame *frame, u64 eid)
{
	if (eid != HYPERCALL_EID_RISCV)
		return sbi_trap(cpu, frame);
	count_exit(cpu, EXIT_HYPERCALL);
	return (u64)-BH_ENOSYS;
}

u64 trap_ecall(struct trap_frame *frame, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 number, u64 eid)
{
	struct cpu *cpu = cpu_of(frame);

	advance_pc(4);
	if (eid != HYPERCALL_EID_RISCV || number >= HC_COUNT)
		return other_ecall(cpu, frame, eid);
	count_exit_inline(cpu, EXIT_HYPERCALL);
	return (u64)cpu->calls[number](cpu, &frame->x[REG_A0], number);
}

/* The kick and, where a guest sends interrupts by firmware, its own. */
static void software_interrupt(struct cpu *cpu)
{
	clear_csr(CSR_SIP, IP_SSIP); /* before the requests are looked at: one that comes now interrupts again */
	if (atomic_and(&cpu->slot->request, ~CPU_REQ_IPI) & CPU_REQ_IPI)
		set_csr(CSR_HVIP, IP_VSSIP);
	count_exit(cpu, EXIT_KICK);
	cpu_service(cpu);
}

/* Without Sstc: the guest's timer. It is off until the guest sets it again, which also ends the pending one. */
static void timer_interrupt(struct cpu *cpu)
{
	count_exit(cpu, EXIT_RISCV_TIMER);
	clear_csr(CSR_SIE, IP_STIP);
	set_csr(CSR_HVIP, IP_VSTIP);
}

static __noinline void interrupt(struct cpu *cpu, u64 cause)
{
	switch (cause & ~SCAUSE_INTERRUPT) {
	case IRQ_SSI: software_interrupt(cpu); return;
	case IRQ_STI: timer_interrupt(cpu); return;
	case IRQ_SEI: aia_external(cpu); return;
	default: panic("interrupt at HS-level: scause=0x%llx", (unsigned long long)cause);
	}
}

/* An instruction of our level, by a guest: the root gets the exception it would get where there is none. */
static void virtual_instruction(struct cpu *cpu, struct trap_frame *frame)
{
	u64 stval = read_csr(CSR_STVAL);
	u32 insn = (u32)stval;

	count_exit(cpu, EXIT_SYSREG);
	if (stval == 0 && !fetch_insn(read_csr(CSR_SEPC), &insn))
		return; /* changed meanwhile: the guest tries again */
	bool csr = OPCODE(insn) == OPCODE_SYSTEM && (INSN_FUNCT3(insn) & 3) != 0;
	if (!cell_is_root(cpu->cell))
		cell_fault(cpu, FAULT_SYSREG, csr ? INSN_CSR(insn) : insn, 0);
	/* Its kernel's code was patched at boot to use it (Zkr). */
	if (csr && INSN_CSR(insn) == CSR_SEED && context_features.zkr) {
		u64 seed = swap_csr(CSR_SEED, 0);

		if (INSN_RD(insn) != 0)
			frame->x[INSN_RD(insn)] = seed;
		advance_pc(4);
		return;
	}
	inject(cpu, EXC_ILLEGAL, insn);
}

static __noinline void exception(struct cpu *cpu, struct trap_frame *frame, u64 cause)
{
	if (cause == EXC_VIRTUAL) {
		virtual_instruction(cpu, frame);
		return;
	}
	count_exit(cpu, EXIT_OTHER);
	if (!cell_is_root(cpu->cell))
		cell_fault(cpu, FAULT_UNKNOWN, cause, read_csr(CSR_STVAL));
	inject(cpu, cause, read_csr(CSR_STVAL));
}

static __noinline __noreturn void own_trap(u64 cause)
{
	panic("HS-level trapped: scause=0x%llx sepc=0x%llx stval=0x%llx", (unsigned long long)cause, (unsigned long long)read_csr(CSR_SEPC),
	      (unsigned long long)read_csr(CSR_STVAL));
}

void trap_other(struct trap_frame *frame, u64 cause)
{
	struct cpu *cpu = cpu_of(frame);

	if (!(read_csr(CSR_HSTATUS) & HSTATUS_SPV)) /* tells whom a trap comes from */
		own_trap(cause);
	if (cause & SCAUSE_INTERRUPT)
		interrupt(cpu, cause);
	else if (cause == EXC_LOAD_GUEST_PAGE || cause == EXC_STORE_GUEST_PAGE || cause == EXC_FETCH_GUEST_PAGE)
		fault_guest_page(cpu, frame, cause);
	else
		exception(cpu, frame, cause);
}
