/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns the dispatch of traps from guests: hypercalls, firmware calls, system registers; aborts are in abort.c. */
#include <asm/context.h>
#include <asm/port.h>
#include <asm/sysregs.h>
#include <bulkhead/abi/hypercall.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define SMCCC_NOT_SUPPORTED (~0ull)
#define KVM_CALLS_BASE 0xc6000000u /* the root's nVHE KVM */
#define KVM_CALLS_COUNT 0x100

/* hvc #0 with x0 = 0..4 is the kernel's EL2 stub. Linux Documentation/arch/arm64, "EL2 stub". */
enum stub_call { STUB_SET_VECTORS, STUB_SOFT_RESTART, STUB_RESET_VECTORS, STUB_FINALISE_EL2, STUB_GET_ICH_VTR, STUB_CALLS };
#define STUB_ERROR 0xbadca11u

static void stub_call(struct trap_frame *frame)
{
	switch (frame->x[0]) {
	case STUB_SET_VECTORS: /* KVM coming up on a hot-plugged CPU; it gets no further, see KVM_CALLS_BASE */
	case STUB_RESET_VECTORS: frame->x[0] = 0; break;
	case STUB_SOFT_RESTART: /* end of kexec: enters x1 with x0-x2 = x2-x4, at EL1 and with stage 2 kept */
		write_sysreg(elr_el2, frame->x[1]);
		frame->x[0] = frame->x[2];
		frame->x[1] = frame->x[3];
		frame->x[2] = frame->x[4];
		break;
	case STUB_GET_ICH_VTR: /* Linux 6.19: a CPU that comes back must give the answer it gave at boot, or it is not let in */
		frame->x[0] = 0;
		frame->x[1] = read_sysreg(ICH_VTR_EL2);
		break;
	default: frame->x[0] = STUB_ERROR; break;
	}
}

static void other_hvc(struct cpu *cpu, struct trap_frame *frame)
{
	u32 function = (u32)frame->x[0];

	if (function - HYPERCALL_BASE_ARM64 < HYPERCALL_RANGE) {
		count_exit(cpu, EXIT_HYPERCALL);
		frame->x[0] = (u64)-BH_ENOSYS;
	} else if (function == HYPERCALL_UID_ARM64) {
		count_exit(cpu, EXIT_HYPERCALL);
		frame->x[0] = HYPERCALL_UID_WORD0;
		frame->x[1] = HYPERCALL_UID_WORD1;
		frame->x[2] = HYPERCALL_UID_WORD2;
		frame->x[3] = HYPERCALL_UID_WORD3;
	} else if (cell_is_root(cpu->cell) && frame->x[0] < STUB_CALLS) {
		count_exit(cpu, EXIT_STUB);
		stub_call(frame);
	} else if (cell_is_root(cpu->cell) && function - KVM_CALLS_BASE < KVM_CALLS_COUNT) {
		count_exit(cpu, EXIT_KVM);
		frame->x[0] = SMCCC_NOT_SUPPORTED;
	} else {
		firmware_call(cpu, frame);
	}
}

/* x19-x28 of the frame are not filled: nothing a call does needs them. */
void trap_hvc(struct trap_frame *frame)
{
	struct cpu *cpu = this_cpu();
	u32 number = (u32)frame->x[0] - HYPERCALL_BASE_ARM64;

	cpu->arch.frame = frame;
	if (number >= HC_COUNT) {
		other_hvc(cpu, frame);
		return;
	}
	count_exit_inline(cpu, EXIT_HYPERCALL);
	frame->x[0] = (u64)cpu->calls[number](cpu, &frame->x[1], number);
}

static void smc(struct cpu *cpu, struct trap_frame *frame, u64 esr)
{
	advance_pc();              /* a trapped SMC, unlike HVC, returns to itself */
	if ((esr & 0xffff) != 0) { /* SMCCC knows smc #0 only */
		count_exit(cpu, EXIT_FIRMWARE);
		if (!cell_is_root(cpu->cell))
			cell_fault(cpu, FAULT_FIRMWARE, esr & 0xffff, 0);
		frame->x[0] = SMCCC_NOT_SUPPORTED;
		return;
	}
	firmware_call(cpu, frame);
}

static void sysreg(struct cpu *cpu, struct trap_frame *frame, u64 esr)
{
	u32 iss = (u32)ESR_ISS(esr);
	u32 rt = SYSREG_ISS_RT(iss);
	u64 value = rt == 31 ? 0 : frame->x[rt];
	u32 cause = FAULT_SYSREG;
	enum sysreg_result result = gic_sysreg(cpu, iss, &value, &cause);

	if (result == SYSREG_UNKNOWN)
		result = sysreg_trap(cpu, iss, &value, &cause);
	if (result == SYSREG_DONE) {
		if ((iss & SYSREG_ISS_READ) && rt != 31)
			frame->x[rt] = value;
		advance_pc();
	} else if (cell_is_root(cpu->cell)) {
		inject_undefined(cpu);
	} else {
		cell_fault(cpu, cause, iss, 0);
	}
}

void trap_sync(struct trap_frame *frame)
{
	struct cpu *cpu = this_cpu();
	u64 esr = read_sysreg(esr_el2);

	cpu->arch.frame = frame;
	switch (ESR_EC(esr)) {
	case ESR_EC_SYS64: sysreg(cpu, frame, esr); return;
	case ESR_EC_IABT_LOWER: abort_trap(cpu, frame, esr); return;
	case ESR_EC_SMC64: smc(cpu, frame, esr); return;
	default:
		count_exit(cpu, EXIT_OTHER);
		if (!cell_is_root(cpu->cell))
			cell_fault(cpu, FAULT_UNKNOWN, ESR_EC(esr), 0);
		inject_undefined(cpu);
	}
}

void trap_fiq(struct trap_frame *frame)
{
	struct cpu *cpu = this_cpu();

	cpu->arch.frame = frame;
	count_exit(cpu, EXIT_KICK);
	gic_fiq(cpu);
	gic_service(cpu);
}

/* IMO = 0 and AMO = 0: neither is routed here. */
void trap_irq(struct trap_frame *frame)
{
	panic("interrupt at EL2 with IMO clear");
}

void trap_serror(struct trap_frame *frame)
{
	struct cpu *cpu = this_cpu();

	cpu->arch.frame = frame;
	count_exit(cpu, EXIT_OTHER);
	if (!cell_is_root(cpu->cell))
		cell_fault(cpu, FAULT_EXTERNAL, 0, 0);
	panic("SError at EL2 from the root: esr=0x%llx", (unsigned long long)read_sysreg(esr_el2));
}

void trap_own(u64 vector)
{
	panic("EL2 trapped: vector=%llu esr=0x%llx elr=0x%llx far=0x%llx", (unsigned long long)vector,
	      (unsigned long long)read_sysreg(esr_el2), (unsigned long long)read_sysreg(elr_el2), (unsigned long long)read_sysreg(far_el2));
}
