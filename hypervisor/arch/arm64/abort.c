/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns stage-2 aborts: trapped registers, the root's retries and exceptions, the end of a cell that reached outside its
 * walls. ESR_EL2 encodings: Arm ARM D24.2.40.
 */
#include <asm/port.h>
#include <asm/sysregs.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

#define ISS_ISV BIT64(24)
#define ISS_SAS(esr) ((esr) >> 22 & 3)
#define ISS_SSE BIT64(21)
#define ISS_SRT(esr) ((esr) >> 16 & 31)
#define ISS_SF BIT64(15)
#define ISS_S1PTW BIT64(7)
#define ISS_WNR BIT64(6)
#define ISS_STATUS(esr) ((esr)&0x3f)
#define STATUS_IS_PERMISSION(s) (((s)&0x3c) == 0x0c)
#define STATUS_IS_EXTERNAL(s) ((s) == 0x10 || ((s)&0x3c) == 0x14)
#define STATUS_PERMISSION_L3 0x0f
#define STATUS_EXTERNAL 0x10

#define PSTATE_EL1H_MASKED 0x3c5u /* EL1h, DAIF */
#define PSTATE_PAN BIT64(22)
#define SCTLR_SPAN BIT64(23)

void cell_fault(struct cpu *cpu, enum fault_cause cause, u64 address, u64 vaddress)
{
	struct fault_record record;

	memset(&record, 0, sizeof(record));
	record.cause = cause;
	record.pc = read_sysreg(elr_el2);
	record.address = address;
	record.vaddress = vaddress;
	record.syndrome = read_sysreg(esr_el2);
	record.pstate = read_sysreg(spsr_el2);
	record.sp = read_sysreg(sp_el1);
	memcpy(record.regs, cpu->arch.frame->x, sizeof(record.regs));
	cell_fail(cpu, &record);
}

/* The root's EL1 takes a synchronous exception, as the hardware would deliver it (Arm ARM D1.3.5). */
static void inject_sync(u64 esr_el1)
{
	u64 spsr = read_sysreg(spsr_el2);
	u64 elr = read_sysreg(elr_el2);
	u64 vbar = read_sysreg(vbar_el1);
	u64 mode = spsr & 0x1f;
	u64 offset = mode == 5 ? 0x200 : mode == 4 ? 0x000 : mode & 0x10 ? 0x600 : 0x400;
	u64 pan = read_sysreg(sctlr_el1) & SCTLR_SPAN ? spsr & PSTATE_PAN : PSTATE_PAN;

	write_sysreg(esr_el1, esr_el1);
	write_sysreg(elr_el1, elr);
	write_sysreg(spsr_el1, spsr);
	write_sysreg(elr_el2, vbar + offset);
	write_sysreg(spsr_el2, PSTATE_EL1H_MASKED | pan);
}

void inject_undefined(struct cpu *cpu)
{
	__atomic_fetch_add(&cell_root_faults, 1, __ATOMIC_RELAXED);
	inject_sync(ESR_IL); /* EC 0: unknown reason */
}

void inject_abort(struct cpu *cpu, u64 esr, u64 vaddress)
{
	/* From EL1 the class says "same level"; the bit that differs is the lowest of EC. */
	u64 same = (read_sysreg(spsr_el2) & 0xf) == 0 ? 0 : 1;
	/*
	 * The kernel's own access: a permission fault, which its fix-up tables handle; a translation fault would be retried for ever,
	 * an external abort is the end of it. A process of its: an external abort, which ends that process.
	 */
	u64 status = same ? STATUS_PERMISSION_L3 : STATUS_EXTERNAL;
	u64 class = (ESR_EC(esr) == ESR_EC_IABT_LOWER ? ESR_EC_IABT_LOWER : ESR_EC_DABT_LOWER) | same;

	__atomic_fetch_add(&cell_root_faults, 1, __ATOMIC_RELAXED);
	write_sysreg(far_el1, vaddress);
	inject_sync(class << 26 | ESR_IL | (esr & ISS_WNR) | status);
}

/* Where HPFAR_EL2 is valid: any fault but a permission one. */
static inline u64 fault_gpa(void)
{
	return (read_sysreg(hpfar_el2) & GENMASK64(43, 4)) << 8 | (read_sysreg(far_el2) & (PAGE_SIZE - 1));
}

/* Guest-physical address of the abort; false: not known (a stage-1 walk changed under us): the guest retries. */
static bool abort_address(u64 esr, u64 *gpa)
{
	u64 far = read_sysreg(far_el2);
	u64 saved, par;

	if (!STATUS_IS_PERMISSION(ISS_STATUS(esr)) || (esr & ISS_S1PTW)) {
		*gpa = fault_gpa();
		return true;
	}
	/* HPFAR_EL2 is not valid for permission faults: ask the guest's own stage 1. */
	saved = read_sysreg(par_el1);
	__asm__ volatile("at s1e1r, %0" : : "r"(far));
	isb();
	par = read_sysreg(par_el1);
	write_sysreg(par_el1, saved);
	*gpa = (par & GENMASK64(47, 12)) | (far & (PAGE_SIZE - 1));
	return !(par & 1);
}

static inline __attribute__((always_inline)) u64 extend(u64 esr, u64 value, u32 width)
{
	u64 sign = BIT64(8 * width - 1);

	if (width < 8)
		value &= BIT64(8 * width) - 1;
	if ((esr & ISS_SSE) && (value & sign))
		value |= ~(sign - 1);
	return esr & ISS_SF ? value : value & 0xffffffff;
}

static inline __attribute__((always_inline)) void complete(struct trap_frame *frame, u64 esr, const struct mmio_access *access)
{
	u64 rt = ISS_SRT(esr);

	if (!access->write && rt != 31)
		frame->x[rt] = extend(esr, access->value, access->width);
	advance_pc();
}

static inline __attribute__((always_inline)) struct mmio_access decode(const struct trap_frame *frame, u64 esr, u64 gpa)
{
	struct mmio_access access = { .gpa = gpa, .width = (u8)(1u << ISS_SAS(esr)), .write = esr & ISS_WNR };

	if (access.write && ISS_SRT(esr) != 31)
		access.value = frame->x[ISS_SRT(esr)];
	if (access.write && access.width < 8)
		access.value &= BIT64(8 * access.width) - 1;
	return access;
}

static void root_abort(struct cpu *cpu, struct trap_frame *frame, u64 esr, u64 gpa)
{
	bool decoded = ESR_EC(esr) == ESR_EC_DABT_LOWER && (esr & ISS_ISV) && !(esr & ISS_S1PTW);
	struct mmio_access access = decode(frame, decoded ? esr : 0, gpa);
	struct mmio_region whole = { .gpa = { gpa, access.width }, .host = gpa, .widths = 0xf };

	switch (mmio_root_access(range_make(gpa, access.width), esr & ISS_WNR)) {
	case ROOT_RETRY: return;
	case ROOT_FORWARD:
		if (decoded && mmio_forward(cpu, &whole, 0, &access) == MMIO_DONE) {
			complete(frame, esr, &access);
			return;
		}
		break;
	default: break;
	}
	inject_abort(cpu, esr, read_sysreg(far_el2));
}

static enum fault_cause cell_cause(const struct cell *cell, u64 esr, u64 gpa)
{
	if (STATUS_IS_EXTERNAL(ISS_STATUS(esr)))
		return FAULT_EXTERNAL;
	if (ESR_EC(esr) == ESR_EC_IABT_LOWER)
		return FAULT_EXECUTE;
	if (mmio_find(&cell->mmio, gpa, 1))
		return FAULT_UNDECODED;
	return esr & ISS_WNR ? FAULT_WRITE : FAULT_READ;
}

/* A load or store the hardware describes, of a place that translates to nothing: what a trapped register looks like. */
#define ESR_REGISTER_MASK (GENMASK64(31, 26) | ISS_ISV | ISS_S1PTW | 0x3c)
#define ESR_REGISTER ((u64)ESR_EC_DABT_LOWER << 26 | ISS_ISV | 0x04)

void trap_data_abort(struct trap_frame *frame)
{
	struct cpu *cpu = this_cpu();
	u64 esr = read_sysreg(esr_el2);

	cpu->arch.frame = frame;
	if ((esr & ESR_REGISTER_MASK) == ESR_REGISTER) {
		struct mmio_access access = decode(frame, esr, fault_gpa());
		const struct mmio_region *region = mmio_find(&cpu->cell->mmio, access.gpa, access.width);

		if (region) {
			count_exit_inline(cpu, EXIT_MMIO);
			if (region->handler(cpu, region, access.gpa - region->gpa.start, &access) == MMIO_DONE)
				complete(frame, esr, &access);
			else if (cell_is_root(cpu->cell))
				inject_abort(cpu, esr, read_sysreg(far_el2));
			else
				cell_fault(cpu, FAULT_MMIO, access.gpa, read_sysreg(far_el2));
			return;
		}
	}
	abort_trap(cpu, frame, esr);
}

void abort_trap(struct cpu *cpu, struct trap_frame *frame, u64 esr)
{
	u64 far = read_sysreg(far_el2);
	u64 gpa;

	if (STATUS_IS_EXTERNAL(ISS_STATUS(esr)) || !abort_address(esr, &gpa))
		gpa = 0;
	count_exit(cpu, EXIT_MEMORY);
	/* With its stage 2 pulled a CPU ends up here: it is asked to park or to wait, not at fault. */
	if (gic_service(cpu))
		return;
	if (cell_is_root(cpu->cell)) {
		root_abort(cpu, frame, esr, gpa);
		return;
	}
	if (STATUS_IS_PERMISSION(ISS_STATUS(esr)) && gpa == 0)
		return; /* the guest's stage 1 changed meanwhile: it retries */
	cell_fault(cpu, cell_cause(cpu->cell, esr, gpa), gpa, far);
}
