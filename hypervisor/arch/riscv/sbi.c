/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns firmware calls of guests: one row per SBI extension says who may call it and what becomes of the call. What is not in
 * the table goes to firmware for the root and nowhere for a cell. RISC-V SBI 2.0; no call of a cell ends it but SRST.
 */
#include <asm/context.h>
#include <asm/csr.h>
#include <asm/port.h>
#include <asm/sbi.h>
#include <bulkhead/abi/hypercall.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define RESULT(code) ((struct sbi_result){ (code), 0 })
#define VALUE(v) ((struct sbi_result){ SBI_SUCCESS, (v) })

typedef struct sbi_result (*sbi_handler)(struct cpu *cpu, u64 fid, const u64 *args);

int hart_vcpu(const struct cell *cell, u64 hart)
{
	for (u32 i = 0; i < cell->cpu_count; i++)
		if (cell_is_root(cell) ? cpu_slots[i].hwid == hart : i == hart)
			return cpu_slots[cell->cpus[i]].cell == cell ? (int)i : -1;
	return -1;
}

static struct sbi_result forward(struct cpu *cpu, u64 fid, const u64 *args)
{
	return sbi_call(frame_of(cpu)->x[REG_A7], fid, args[0], args[1], args[2], args[3], args[4]);
}

/* --- harts --- */

/* The vCPUs a hart mask names, as a bit set; false: one is not the caller's. */
static bool mask_vcpus(const struct cell *cell, u64 mask, u64 base, u64 *vcpus)
{
	*vcpus = 0;
	for (u32 i = 0; base == SBI_ALL_HARTS && i < cell->cpu_count; i++)
		if (cpu_slots[cell->cpus[i]].cell == cell)
			*vcpus |= BIT64(i);
	if (base == SBI_ALL_HARTS)
		return true;
	for (u32 bit = 0; bit < 64 && mask >> bit != 0; bit++) {
		if (!(mask >> bit & 1))
			continue;
		int vcpu = base + bit < base ? -1 : hart_vcpu(cell, base + bit); /* numbers do not wrap */
		if (vcpu < 0)
			return false;
		*vcpus |= BIT64(vcpu);
	}
	return true;
}

/* By vsip of the target; it takes a kick to get it there. */
static struct sbi_result send_ipi(struct cpu *cpu, u64 fid, const u64 *args)
{
	u64 vcpus;

	if (fid != 0)
		return RESULT(SBI_NOT_SUPPORTED);
	if (!mask_vcpus(cpu->cell, args[0], args[1], &vcpus))
		return RESULT(SBI_INVALID_PARAM);
	for (u32 i = 0; i < cpu->cell->cpu_count; i++) {
		struct cpu_slot *slot = &cpu_slots[cpu->cell->cpus[i]];

		if (!(vcpus >> i & 1) || !cpu_has_guest(slot))
			continue;
		atomic_or(&slot->request, CPU_REQ_IPI);
		arch_cpu_kick(slot);
	}
	return RESULT(SBI_SUCCESS);
}

/* One firmware call for each group of harts that a mask can name. */
static struct sbi_result fence_harts(const struct cell *cell, u64 fid, u64 vcpus, const u64 *args)
{
	struct sbi_result result = { SBI_SUCCESS, 0 };

	for (u32 first = 0; first < cell->cpu_count && result.error == SBI_SUCCESS; first++) {
		u64 base = cpu_slots[cell->cpus[first]].hwid & ~63ull;
		u64 mask = 0;

		if (!(vcpus >> first & 1))
			continue;
		for (u32 i = first; i < cell->cpu_count; i++) {
			u64 hart = cpu_slots[cell->cpus[i]].hwid;

			if (!(vcpus >> i & 1) || (hart & ~63ull) != base)
				continue;
			mask |= BIT64(hart & 63);
			vcpus &= ~BIT64(i);
		}
		result = sbi_call(SBI_EXT_RFENCE, fid, mask, base, args[2], args[3], args[4]);
	}
	return result;
}

/* A guest's first-stage fence is a VS-stage fence here; firmware takes the VMID from our hgatp, one for all CPUs of a cell. */
static struct sbi_result remote_fence(struct cpu *cpu, u64 fid, const u64 *args)
{
	static const u8 translated[] = {
		[SBI_RFENCE_FENCE_I] = SBI_RFENCE_FENCE_I,
		[SBI_RFENCE_SFENCE_VMA] = SBI_RFENCE_HFENCE_VVMA,
		[SBI_RFENCE_SFENCE_VMA_ASID] = SBI_RFENCE_HFENCE_VVMA_ASID,
	};
	u64 vcpus;

	if (fid >= ARRAY_SIZE(translated))
		return RESULT(SBI_NOT_SUPPORTED);
	if (!mask_vcpus(cpu->cell, args[0], args[1], &vcpus))
		return RESULT(SBI_INVALID_PARAM);
	return fence_harts(cpu->cell, translated[fid], vcpus, args);
}

static struct sbi_result hart_start(struct cpu *cpu, const u64 *args)
{
	int vcpu = hart_vcpu(cpu->cell, args[0]);

	if (vcpu < 0)
		return RESULT(SBI_INVALID_PARAM);
	switch (cpu_power_on(cpu->cell, (u32)vcpu, args[1], args[2])) {
	case 0: return RESULT(SBI_SUCCESS);
	case -BH_EBUSY: return RESULT(SBI_ALREADY_AVAILABLE);
	default: return RESULT(SBI_INVALID_PARAM); /* lost */
	}
}

static struct sbi_result hart_status(struct cpu *cpu, u64 hart)
{
	int vcpu = hart_vcpu(cpu->cell, hart);

	if (vcpu < 0)
		return RESULT(SBI_INVALID_PARAM);
	const struct cpu_slot *slot = &cpu_slots[cpu->cell->cpus[vcpu]];
	switch (load_acquire(&slot->power)) {
	case POWER_ON: return VALUE(SBI_HSM_STARTED);
	case POWER_OFF: /* not off before it waits in the hypervisor */
		return VALUE(cpu_has_guest(slot) ? SBI_HSM_STARTED : SBI_HSM_STOPPED);
	default: return VALUE(SBI_HSM_START_PENDING);
	}
}

/* Retentive suspend may end at any time; firmware would wait longer than a request to park can. */
static struct sbi_result hart_suspend(struct cpu *cpu, u64 type)
{
	if (type >> 31 != 0)
		return RESULT(SBI_NOT_SUPPORTED);
	if (type != 0)
		return RESULT(SBI_INVALID_PARAM);
	wait_interrupt();
	return RESULT(SBI_SUCCESS);
}

static struct sbi_result hart_state(struct cpu *cpu, u64 fid, const u64 *args)
{
	switch (fid) {
	case SBI_HSM_START: return hart_start(cpu, args);
	case SBI_HSM_STOP: cpu_power_off(cpu);
	case SBI_HSM_STATUS: return hart_status(cpu, args[0]);
	case SBI_HSM_SUSPEND: return hart_suspend(cpu, args[0]);
	default: return RESULT(SBI_NOT_SUPPORTED);
	}
}

/* --- time, power, console --- */

static struct sbi_result set_timer(struct cpu *cpu, u64 fid, const u64 *args)
{
	if (fid != 0)
		return RESULT(SBI_NOT_SUPPORTED);
	if (context_features.sstc) {
		write_csr(CSR_VSTIMECMP, args[0]);
		return RESULT(SBI_SUCCESS);
	}
	clear_csr(CSR_HVIP, IP_VSTIP);
	struct sbi_result result = forward(cpu, fid, args);
	set_csr(CSR_SIE, IP_STIP);
	return result;
}

static bool root_may_call(void)
{
	return !(system_plan.machine->flags & BLOB_MACHINE_DENY_ROOT_SMC);
}

/* The root's switches the machine off, unless a critical cell runs; a cell's concerns that cell only. */
static struct sbi_result system_reset(struct cpu *cpu, u64 fid, const u64 *args)
{
	if (fid != 0)
		return RESULT(SBI_NOT_SUPPORTED);
	if (!cell_is_root(cpu->cell))
		cell_halt(cpu, (u32)args[0] == SBI_SRST_SHUTDOWN ? FAULT_OFF : FAULT_RESET);
	return root_may_call() && !cell_refuses_reset() ? forward(cpu, fid, args) : RESULT(SBI_DENIED);
}

#define CONSOLE_BYTES 128 /* a call: who has more calls again */

/* Bytes of the caller's own memory, copied before anybody looks at them. */
static struct sbi_result console_write(struct cpu *cpu, const u64 *args)
{
	char text[CONSOLE_BYTES];
	u64 count = args[0] < sizeof(text) ? args[0] : sizeof(text);

	if (count == 0)
		return RESULT(SBI_SUCCESS);
	if (args[2] != 0 || guestmem_read_own(cpu->cell, args[1], text, count))
		return RESULT(SBI_INVALID_PARAM);
	if (cell_is_root(cpu->cell))
		return sbi_call(SBI_EXT_DBCN, SBI_DBCN_WRITE, count, (u64)text, 0, 0, 0);
	console_cell_write(cpu->cell, text, (u32)count);
	return VALUE(count);
}

static struct sbi_result console(struct cpu *cpu, u64 fid, const u64 *args)
{
	char byte = (char)args[0];

	switch (fid) {
	case SBI_DBCN_WRITE: return console_write(cpu, args);
	case SBI_DBCN_READ: return RESULT(SBI_SUCCESS); /* nothing was typed */
	case SBI_DBCN_WRITE_BYTE:
		if (cell_is_root(cpu->cell))
			return forward(cpu, fid, args);
		console_cell_write(cpu->cell, &byte, 1);
		return RESULT(SBI_SUCCESS);
	default: return RESULT(SBI_NOT_SUPPORTED);
	}
}

/* Counters are the CPU's own; calls that name memory are not passed on. */
static struct sbi_result counters(struct cpu *cpu, u64 fid, const u64 *args)
{
	return fid <= SBI_PMU_LAST_PLAIN ? forward(cpu, fid, args) : RESULT(SBI_NOT_SUPPORTED);
}

static struct sbi_result base(struct cpu *cpu, u64 fid, const u64 *args);

enum { ROOT = 1, CELL = 2, ANY = 3 };

static const struct extension {
	u32 eid;
	u16 callers; /* a caller without a right finds no such extension */
	u16 reason;
	sbi_handler run;
} extensions[] = {
	{ SBI_EXT_TIME, ANY, EXIT_RISCV_TIMER, set_timer },
	{ SBI_EXT_RFENCE, ANY, EXIT_RISCV_FENCE, remote_fence },
	{ SBI_EXT_IPI, ANY, EXIT_IPI, send_ipi },
	{ SBI_EXT_HSM, ANY, EXIT_FIRMWARE, hart_state },
	{ SBI_EXT_DBCN, ANY, EXIT_FIRMWARE, console },
	{ SBI_EXT_BASE, ANY, EXIT_FIRMWARE, base },
	{ SBI_EXT_SRST, ANY, EXIT_FIRMWARE, system_reset },
	{ SBI_EXT_PMU, ROOT, EXIT_FIRMWARE, counters },
	{ SBI_EXT_SUSP, 0, EXIT_FIRMWARE, NULL }, /* no sleep while enabled */
	{ SBI_EXT_NACL, 0, EXIT_FIRMWARE, NULL }, /* memory shared below the second stage, as the next two */
	{ SBI_EXT_STA, 0, EXIT_FIRMWARE, NULL },
	{ SBI_EXT_SSE, 0, EXIT_FIRMWARE, NULL },
};
/* Legacy calls name memory and harts in ways of their own. */
static const struct extension legacy = { 0, 0, EXIT_FIRMWARE, NULL }, unknown = { 0, ROOT, EXIT_FIRMWARE, forward };

static const struct extension *extension_find(u64 eid)
{
	for (u32 i = 0; i < ARRAY_SIZE(extensions); i++)
		if (extensions[i].eid == eid)
			return &extensions[i];
	return eid <= SBI_EXT_LEGACY_LAST || !root_may_call() ? &legacy : &unknown;
}

static bool may_call(const struct cell *caller, const struct extension *e)
{
	return e->callers & (cell_is_root(caller) ? ROOT : CELL);
}

static struct sbi_result base(struct cpu *cpu, u64 fid, const u64 *args)
{
	if (fid > SBI_BASE_LAST)
		return RESULT(SBI_NOT_SUPPORTED);
	if (fid != SBI_BASE_PROBE)
		return forward(cpu, fid, args);
	if (args[0] == HYPERCALL_EID_RISCV)
		return VALUE(1);
	/* The console of a cell is ours; for the rest we offer what firmware does. */
	if (args[0] == SBI_EXT_DBCN && !cell_is_root(cpu->cell))
		return VALUE(cpu->cell->flags & BLOB_CELL_CONSOLE ? 1 : 0);
	return may_call(cpu->cell, extension_find(args[0])) ? forward(cpu, fid, args) : VALUE(0);
}

u64 sbi_trap(struct cpu *cpu, struct trap_frame *frame)
{
	const struct extension *e = extension_find(frame->x[REG_A7]);
	struct sbi_result result = { SBI_NOT_SUPPORTED, 0 };

	count_exit(cpu, e->reason);
	if (may_call(cpu->cell, e))
		result = e->run(cpu, frame->x[REG_A6], &frame->x[REG_A0]);
	frame->x[REG_A1] = result.value;
	return (u64)result.error;
}
