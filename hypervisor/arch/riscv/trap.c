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

/* The stack ends where struct cpu begins, and the frame is on top of it. */
static inline __attribute__((always_inline)) struct cpu *frame_cpu(struct trap_frame *frame)
{
	return (struct cpu *)(frame + 1);
}

static inline __attribute__((always_inline)) void advance_pc(u64 length)
{
	write_csr(CSR_SEPC, read_csr(CSR_SEPC) + length);
}

static void other_ecall(struct cpu *cpu, struct trap_frame *frame)
{
	if (frame->x[REG_A7] != HYPERCALL_EID_RISCV) {
		sbi_trap(cpu, frame);
		return;
	}
	count_exit(cpu, EXIT_HYPERCALL);
	frame->x[REG_A0] = (u64)-BH_ENOSYS;
}

void trap_ecall(struct trap_frame *frame)
{
	struct cpu *cpu = frame_cpu(frame);
	u64 number = frame->x[REG_A6];

	cpu->arch.frame = frame;
	advance_pc(4);
	if (frame->x[REG_A7] != HYPERCALL_EID_RISCV || number >= HC_COUNT) {
		other_ecall(cpu, frame);
		return;
	}
	count_exit_inline(cpu, EXIT_HYPERCALL);
	frame->x[REG_A0] = (u64)cpu->calls[number](cpu, &frame->x[REG_A0], number);
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

static void interrupt(struct cpu *cpu, u64 cause)
{
	switch (cause) {
	case IRQ_SSI: software_interrupt(cpu); return;
	case IRQ_STI: timer_interrupt(cpu); return;
	case IRQ_SEI: aia_external(cpu); return;
	default: panic("interrupt %llu at HS-level", (unsigned long long)cause);
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

void trap_other(struct trap_frame *frame)
{
	struct cpu *cpu = frame_cpu(frame);
	u64 cause = read_csr(CSR_SCAUSE);

	/* SPV tells whom a trap comes from. */
	if (!(read_csr(CSR_HSTATUS) & HSTATUS_SPV))
		panic("HS-level trapped: scause=0x%llx sepc=0x%llx stval=0x%llx", (unsigned long long)cause,
		      (unsigned long long)read_csr(CSR_SEPC), (unsigned long long)read_csr(CSR_STVAL));
	cpu->arch.frame = frame;
	if (cause & SCAUSE_INTERRUPT) {
		interrupt(cpu, cause & ~SCAUSE_INTERRUPT);
		return;
	}
	switch (cause) {
	case EXC_FETCH_GUEST_PAGE:
	case EXC_LOAD_GUEST_PAGE:
	case EXC_STORE_GUEST_PAGE: fault_guest_page(cpu, frame, cause); return;
	case EXC_VIRTUAL: virtual_instruction(cpu, frame); return;
	default:
		count_exit(cpu, EXIT_OTHER);
		if (!cell_is_root(cpu->cell))
			cell_fault(cpu, FAULT_UNKNOWN, cause, read_csr(CSR_STVAL));
		inject(cpu, cause, read_csr(CSR_STVAL));
	}
}
