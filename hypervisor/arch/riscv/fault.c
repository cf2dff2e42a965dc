/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns guest-page faults: trapped registers, the root's retries and exceptions, the end of a cell that reached outside its
 * walls. Privileged Architecture, "Hypervisor Trap Value Register" and "Hypervisor Trap Instruction Register".
 */
#include <asm/csr.h>
#include <asm/insn.h>
#include <asm/port.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

void cell_fault(struct cpu *cpu, enum fault_cause cause, u64 address, u64 vaddress)
{
	struct fault_record record;

	memset(&record, 0, sizeof(record));
	record.cause = cause;
	record.pc = read_csr(CSR_SEPC);
	record.address = address;
	record.vaddress = vaddress;
	record.syndrome = read_csr(CSR_SCAUSE);
	record.pstate = read_csr(CSR_VSSTATUS);
	record.sp = frame_of(cpu)->x[REG_SP];
	memcpy(record.regs, &frame_of(cpu)->x[1], sizeof(record.regs));
	cell_fail(cpu, &record);
}

/* As the hardware would deliver it to VS-mode. */
void inject(struct cpu *cpu, u64 cause, u64 value)
{
	u64 vsstatus = read_csr(CSR_VSSTATUS);
	u64 sstatus = read_csr(CSR_SSTATUS);

	__atomic_fetch_add(&cell_root_faults, 1, __ATOMIC_RELAXED);
	write_csr(CSR_VSEPC, read_csr(CSR_SEPC));
	write_csr(CSR_VSCAUSE, cause);
	write_csr(CSR_VSTVAL, value);
	write_csr(CSR_VSSTATUS, (vsstatus & ~(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE)) | (sstatus & SSTATUS_SPP) |
					(vsstatus & SSTATUS_SIE ? SSTATUS_SPIE : 0));
	write_csr(CSR_SEPC, read_csr(CSR_VSTVEC) & ~3ull);
	write_csr(CSR_SSTATUS, sstatus | SSTATUS_SPP);
}

bool fetch_insn(u64 pc, u32 *insn)
{
	u64 sepc = read_csr(CSR_SEPC), sstatus = read_csr(CSR_SSTATUS), hstatus = read_csr(CSR_HSTATUS);
	u64 scause = read_csr(CSR_SCAUSE), stval = read_csr(CSR_STVAL), htinst = read_csr(CSR_HTINST);
	u64 low = 0, high = 0;
	bool read = try_read(guest_parcel, pc, &low);

	if (read && (low & 3) == 3)
		read = try_read(guest_parcel, pc + 2, &high);
	/* A trap of ours in between said that it came from here, and what it was. */
	write_csr(CSR_SEPC, sepc);
	write_csr(CSR_SSTATUS, sstatus);
	write_csr(CSR_HSTATUS, hstatus);
	write_csr(CSR_SCAUSE, scause);
	write_csr(CSR_STVAL, stval);
	write_csr(CSR_HTINST, htinst);
	*insn = (u32)(high << 16 | low);
	return read;
}

/* lw and sw: all bits but the register's and the one that tells short instructions from long ones. */
#define HTINST_LW 0x2001u
#define HTINST_LW_MASK (~0xf82ull)
#define HTINST_SW 0x2021u
#define HTINST_SW_MASK (~0x1f00002ull)
#define HTINST_LONG 2
#define HTINST_OFFSET(htinst) ((htinst) >> 15 & 31) /* of a transformed instruction: bytes between its address and the fault's */

/* What the guest's load or store was; false: neither, or not readable any more. */
static bool decode(u64 htinst, struct insn_access *access)
{
	u32 insn = (u32)htinst;

	if (htinst == 0 && !fetch_insn(read_csr(CSR_SEPC), &insn))
		return false;
	if (htinst != 0 && ((htinst & 1) == 0 || HTINST_OFFSET(htinst) != 0)) /* an implicit access; the rest of a misaligned one */
		return false;
	return insn_decode_load_store(insn, access);
}

static u64 extend(u64 value, const struct insn_access *a)
{
	u32 unused = 64 - 8u * a->width;

	return a->sign_extend ? (u64)((s64)(value << unused) >> unused) : value << unused >> unused;
}

static void complete(struct trap_frame *frame, const struct insn_access *a, u64 value)
{
	if (!a->write && a->reg != 0)
		frame->x[a->reg] = extend(value, a);
	write_csr(CSR_SEPC, read_csr(CSR_SEPC) + a->length);
}

static struct mmio_access access_of(const struct trap_frame *frame, const struct insn_access *a, u64 gpa)
{
	struct mmio_access access = { .gpa = gpa, .width = a->width, .write = a->write };

	if (a->write && a->reg != 0)
		access.value = extend(frame->x[a->reg], &(struct insn_access){ .width = a->width });
	return access;
}

static u64 access_fault(u64 cause)
{
	return cause == EXC_FETCH_GUEST_PAGE ? EXC_FETCH_ACCESS : cause == EXC_LOAD_GUEST_PAGE ? EXC_LOAD_ACCESS : EXC_STORE_ACCESS;
}

/* An access fault is what the kernel's fix-up tables handle, and what ends a process. */
static void root_fault(struct cpu *cpu, struct trap_frame *frame, u64 cause, u64 gpa)
{
	struct insn_access insn = { .width = 1 };
	u64 stval = read_csr(CSR_STVAL);
	bool decoded = cause != EXC_FETCH_GUEST_PAGE && decode(read_csr(CSR_HTINST), &insn);
	struct mmio_access access = access_of(frame, &insn, gpa);
	struct mmio_region whole = { .gpa = { gpa, access.width }, .host = gpa, .widths = 0xf };

	switch (mmio_root_access(range_make(gpa, access.width), cause == EXC_STORE_GUEST_PAGE)) {
	case ROOT_RETRY: return;
	case ROOT_FORWARD:
		if (decoded && mmio_forward(cpu, &whole, 0, &access) == MMIO_DONE) {
			complete(frame, &insn, access.value);
			return;
		}
		break;
	default: break;
	}
	inject(cpu, access_fault(cause), stval);
}

static enum fault_cause cell_cause(const struct cell *cell, u64 cause, u64 gpa)
{
	if (cause == EXC_FETCH_GUEST_PAGE)
		return FAULT_EXECUTE;
	if (mmio_find(&cell->mmio, gpa, 1))
		return FAULT_UNDECODED;
	return cause == EXC_STORE_GUEST_PAGE ? FAULT_WRITE : FAULT_READ;
}

static __cold void register_refused(struct cpu *cpu, u64 cause, u64 gpa, u64 stval)
{
	if (cell_is_root(cpu->cell))
		inject(cpu, access_fault(cause), stval);
	else
		cell_fault(cpu, FAULT_MMIO, gpa, stval);
}

/* True: it was a register that is trapped, and the access is done or refused. */
static bool trapped_register(struct cpu *cpu, struct trap_frame *frame, u64 cause, u64 gpa, u64 stval)
{
	const struct mmio_region *region = mmio_find(&cpu->cell->mmio, gpa, 1);
	struct insn_access insn;
	u64 offset;

	if (!region || !decode(read_csr(CSR_HTINST), &insn))
		return false;
	offset = gpa - region->gpa.start;
	if (insn.width > region->gpa.size - offset)
		return false;
	struct mmio_access access = access_of(frame, &insn, gpa);
	count_exit(cpu, EXIT_MMIO);
	if (region->handler(cpu, region, offset, &access) == MMIO_DONE)
		complete(frame, &insn, access.value);
	else
		register_refused(cpu, cause, gpa, stval);
	return true;
}

static __cold void any_access(struct cpu *cpu, struct trap_frame *frame, u64 cause, u64 gpa)
{
	u64 stval = read_csr(CSR_STVAL);

	if (cause != EXC_FETCH_GUEST_PAGE && trapped_register(cpu, frame, cause, gpa, stval))
		return;
	count_exit(cpu, EXIT_MEMORY);
	/* With its second stage pulled a CPU ends up here: it is asked to park or to wait, not at fault. */
	if (cpu_service(cpu))
		return;
	if (cell_is_root(cpu->cell))
		root_fault(cpu, frame, cause, gpa);
	else
		cell_fault(cpu, cell_cause(cpu->cell, cause, gpa), gpa, stval);
}

/* The short way for lw and sw, which is what drivers use: htinst is the instruction, without what has become addresses. */
void fault_guest_page(struct cpu *cpu, struct trap_frame *frame, u64 cause)
{
	u64 htinst = read_csr(CSR_HTINST);
	u64 gpa = read_csr(CSR_HTVAL) << 2 | (read_csr(CSR_STVAL) & 3);
	bool load = (htinst & HTINST_LW_MASK) == HTINST_LW;
	const struct mmio_region *region = mmio_find(&cpu->cell->mmio, gpa, 4);

	if (region == NULL || !(load || (htinst & HTINST_SW_MASK) == HTINST_SW)) {
		any_access(cpu, frame, cause, gpa);
		return;
	}
	u64 *x = &frame->x[htinst >> (load ? 7 : 20) & 31];
	struct mmio_access access = { .gpa = gpa, .width = 4, .write = !load, .value = (u32)*x };
	count_exit_inline(cpu, EXIT_MMIO);
	if (region->handler(cpu, region, gpa - region->gpa.start, &access) != MMIO_DONE) {
		register_refused(cpu, cause, gpa, read_csr(CSR_STVAL));
		return;
	}
	if (load && x != frame->x)
		*x = (u64)(s32)access.value;
	write_csr(CSR_SEPC, read_csr(CSR_SEPC) + 2 + (htinst & HTINST_LONG));
}
