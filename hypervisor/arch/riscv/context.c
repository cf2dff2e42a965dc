/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of a guest. RESET_TABLE is what every owner of a CPU starts with, so nothing of the former one shows; the HS
 * controls below are the whole difference between how the root's kernel had its CPU and how we run it or a cell.
 * Everything acts on the calling CPU; no lock.
 */
#include <asm/context.h>
#include <asm/csr.h>
#include <asm/fence.h>
#include <asm/port.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define SCOUNTEREN_RESET (COUNTEREN_CY | COUNTEREN_TM | COUNTEREN_IR) /* what firmware starts a hart with */

struct context_features context_features;

/* X(CSR, value): always there. */
#define RESET_TABLE(X)                      \
	X(CSR_VSSTATUS, 0)                  \
	X(CSR_VSIE, 0)                      \
	X(CSR_HVIP, 0)                      \
	X(CSR_VSTVEC, 0)                    \
	X(CSR_VSSCRATCH, 0)                 \
	X(CSR_VSEPC, 0)                     \
	X(CSR_VSCAUSE, 0)                   \
	X(CSR_VSTVAL, 0)                    \
	X(CSR_VSATP, 0)                     \
	X(CSR_VSISELECT, 0)                 \
	X(CSR_SCOUNTEREN, SCOUNTEREN_RESET) \
	X(CSR_SENVCFG, 0)

#define RESET_ONE(csr, value) write_csr(csr, value);

/* --- what these CPUs have --- */

#define READER(name, csr)                  \
	static u64 read_##name(u64 unused) \
	{                                  \
		return read_csr(csr);      \
	}
READER(hstatus, CSR_HSTATUS)
READER(vstopei, CSR_VSTOPEI)
READER(stimecmp, CSR_STIMECMP)
READER(hstateen0, CSR_HSTATEEN0)

/* Only a write form may read it. */
static u64 read_seed(u64 unused)
{
	return swap_csr(CSR_SEED, 0);
}

static bool present(u64 (*read)(u64 argument))
{
	u64 value;

	return try_read(read, 0, &value);
}

/* The guest's interrupt file is reached with its number set. */
static bool has_guest_file(void)
{
	u64 found = swap_csr(CSR_HSTATUS, CSR_FIELD(AIA_GUEST_FILE, HSTATUS_VGEIN_SHIFT));
	bool result = present(read_vstopei);

	write_csr(CSR_HSTATUS, found);
	return result;
}

int context_probe(void)
{
	struct context_features *f = &context_features;
	u64 sstatus = read_csr(CSR_SSTATUS), stateen;

	f->stateen = try_read(read_hstateen0, 0, &stateen);
	if (f->stateen)
		write_csr(CSR_HSTATEEN0, ~0ull);
	f->sstc = present(read_stimecmp);
	f->zkr = present(read_seed);
	set_csr(CSR_SSTATUS, SSTATUS_FS | SSTATUS_VS);
	f->fp = (read_csr(CSR_SSTATUS) & SSTATUS_FS) != 0;
	f->vector = (read_csr(CSR_SSTATUS) & SSTATUS_VS) != 0 && present(context_read_vlenb);
	bool aia = present(read_hstatus) && has_guest_file();
	write_csr(CSR_SSTATUS, sstatus);
	if (f->stateen)
		write_csr(CSR_HSTATEEN0, stateen);
	if (!aia)
		log_line("these harts have no H extension with a guest interrupt file (AIA)");
	return aia ? 0 : -BH_ENODEV;
}

/* --- reset --- */

void context_quiesce(void)
{
	write_csr(CSR_VSIE, 0);
	write_csr(CSR_HVIP, 0);
	if (context_features.sstc)
		write_csr(CSR_VSTIMECMP, ~0ull);
}

void context_reset(struct cpu *cpu)
{
	RESET_TABLE(RESET_ONE)
	if (context_features.sstc)
		write_csr(CSR_VSTIMECMP, ~0ull);
	else
		clear_csr(CSR_SIE, IP_STIP);
	if (context_features.stateen)
		write_csr(CSR_SSTATEEN0, 0);
	set_csr(CSR_SSTATUS, SSTATUS_FS | SSTATUS_VS);
	if (context_features.fp)
		context_reset_fp();
	if (context_features.vector)
		context_reset_vector();
	/* A former owner's translations, whoever had its VMID, and its code. */
	fence_stage2();
	fence_stage1();
	fence_code();
}

/* --- HS controls --- */

/* X(name, CSR, value while enabled) in the order of native[]; what cells and root share. */
#define NATIVE_TABLE(X)                                                                             \
	/* All a guest can cause below us it handles; bits its firmware forgot come by redirect. */ \
	X(0, CSR_HEDELEG, HEDELEG)                                                                  \
	X(1, CSR_HIDELEG, IP_VS_ALL)                                                                \
	X(2, CSR_HCOUNTEREN, ~0u) /* counters are never hidden or offset */                         \
	X(3, CSR_HTIMEDELTA, 0)                                                                     \
	X(4, CSR_HGEIE, 0) /* a guest's file interrupts its guest, not us */                        \
	X(5, CSR_HENVCFG, HENVCFG)                                                                  \
	X(6, CSR_HVICTL, 0)

#define HEDELEG                                                                                                                \
	(CSR_BIT(EXC_FETCH_MISALIGNED) | CSR_BIT(EXC_FETCH_ACCESS) | CSR_BIT(EXC_ILLEGAL) | CSR_BIT(EXC_BREAKPOINT) |          \
	 CSR_BIT(EXC_LOAD_MISALIGNED) | CSR_BIT(EXC_LOAD_ACCESS) | CSR_BIT(EXC_STORE_MISALIGNED) | CSR_BIT(EXC_STORE_ACCESS) | \
	 CSR_BIT(EXC_ECALL_U) | CSR_BIT(EXC_FETCH_PAGE) | CSR_BIT(EXC_LOAD_PAGE) | CSR_BIT(EXC_STORE_PAGE) | CSR_BIT(18))
/*
 * Of what firmware allows: an invalidate by a guest flushes, or it could undo our scrubs. Shadow stacks, landing pads and pointer
 * masking stay off: their state is not reset between owners, and kernels of today do not use them.
 */
#define HENVCFG (ENVCFG_STCE | ENVCFG_PBMTE | ENVCFG_ADUE | ENVCFG_CBZE | ENVCFG_CBCFE | ENVCFG_CBIE_FLUSH)
#define NATIVE_HSTATEEN0 7
#define NATIVE_HSTATUS 8
#define NATIVE_HGATP 9
#define NATIVE_SIE 10

#define NATIVE_SAVE(n, csr, value) native[n] = read_csr(csr);
#define NATIVE_SET(n, csr, value) write_csr(csr, value);
#define NATIVE_RESTORE(n, csr, value) write_csr(csr, native[n]);

#define IP_S_ALL (IP_SSIP | IP_STIP | IP_SEIP)

void context_save_native(struct cpu *cpu)
{
	const struct entry_state *entry = &cpu->arch.entry;
	u64 *native = cpu->arch.native;
	u64 sie = read_csr(CSR_SIE), pending = read_csr(CSR_SIP);

	write_csr(CSR_SIE, 0);
	NATIVE_TABLE(NATIVE_SAVE)
	native[NATIVE_HSTATUS] = read_csr(CSR_HSTATUS);
	native[NATIVE_HGATP] = read_csr(CSR_HGATP);
	native[NATIVE_SIE] = sie;
	if (context_features.stateen) {
		native[NATIVE_HSTATEEN0] = read_csr(CSR_HSTATEEN0);
		write_csr(CSR_HSTATEEN0, ~0ull);
	}
	NATIVE_TABLE(NATIVE_SET)

	/* The root's own go on as VS registers. */
	write_csr(CSR_HVIP, pending & IP_SSIP ? IP_VSSIP : 0);
	clear_csr(CSR_SIP, IP_SSIP);
	write_csr(CSR_VSIE, sie & IP_S_ALL); /* seen from there the bits stand at the same places */
	write_csr(CSR_VSSTATUS, entry->sstatus);
	write_csr(CSR_VSTVEC, entry->stvec);
	write_csr(CSR_VSSCRATCH, entry->sscratch);
	write_csr(CSR_VSATP, entry->satp);
	if (context_features.sstc) {
		write_csr(CSR_VSTIMECMP, read_csr(CSR_STIMECMP));
		write_csr(CSR_STIMECMP, ~0ull);
	}
	/* Without Sstc the timer the root has set goes on to be its: see trap.c. */
	write_csr(CSR_SIE, IP_SSIP | IP_SEIP | (context_features.sstc ? 0 : IP_STIP));
	set_csr(CSR_SSTATUS, SSTATUS_FS | SSTATUS_VS);
}

void context_restore_native(struct cpu *cpu)
{
	struct entry_state *entry = &cpu->arch.entry;
	const u64 *native = cpu->arch.native;
	u64 sie = read_csr(CSR_VSIE) & IP_S_ALL;

	entry->sstatus = read_csr(CSR_VSSTATUS);
	entry->stvec = read_csr(CSR_VSTVEC);
	entry->sscratch = read_csr(CSR_VSSCRATCH);
	entry->satp = read_csr(CSR_VSATP);
	if (context_features.sstc)
		write_csr(CSR_STIMECMP, read_csr(CSR_VSTIMECMP));
	if (read_csr(CSR_HVIP) & IP_VSSIP)
		set_csr(CSR_SIP, IP_SSIP);
	else
		clear_csr(CSR_SIP, IP_SSIP);
	context_quiesce();
	write_csr(CSR_VSATP, 0);
	write_csr(CSR_SIE, (native[NATIVE_SIE] & ~IP_S_ALL) | sie);
	NATIVE_TABLE(NATIVE_RESTORE)
	if (context_features.stateen)
		write_csr(CSR_HSTATEEN0, native[NATIVE_HSTATEEN0]);
	write_csr(CSR_HGATP, native[NATIVE_HGATP]);
	write_csr(CSR_HSTATUS, native[NATIVE_HSTATUS]);
	fence_stage2();
	fence_stage1();
	fence_own();
}

void context_enter(struct cpu *cpu, const struct cell *cell)
{
	write_csr(CSR_HGATP, cell->arch.hgatp);
	write_csr(CSR_HSTATUS, CSR_FIELD(XL_64, HSTATUS_VSXL_SHIFT) | CSR_FIELD(1, HSTATUS_VGEIN_SHIFT) | HSTATUS_SPV | HSTATUS_SPVP);
	/* sret: to VS-mode, FP and vector state of the guest's concern only. */
	write_csr(CSR_SSTATUS, CSR_FIELD(XL_64, SSTATUS_UXL_SHIFT) | SSTATUS_FS | SSTATUS_VS | SSTATUS_SPP);
	fence_stage2();
	fence_stage1();
}
