// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers of a guest. RESET_TABLE is what every owner of a CPU starts with, so nothing of the former one shows; the EL2
 * controls below are the whole difference between how the root's kernel had its CPU and how we run it or a cell.
 * Everything acts on the calling CPU; no lock.
 *
 * Not reset: the SVE, SME and MTE registers, and what else cells cannot reach (sysreg.c hides it): they pass from the root
 * to the root only.
 */
#include <asm/context.h>
#include <asm/port.h>
#include <asm/sysregs.h>
#include <bulkhead/arch.h>

#define HCRX_EL2 S3_4_C1_C2_2
#define DISR_EL1 S3_0_C12_C1_1
#define ID_FIELD(name, shift) ((read_sysreg(name) >> (shift)) & 15)

/* X(register, value). Armv8.0; what not every CPU has is in the functions below the table. */
#define RESET_TABLE(X)                                                                      \
	X(SCTLR_EL1, SCTLR_EL1_RES1) /* MMU, caches, alignment checks off; little-endian */ \
	X(CPACR_EL1, 0)                                                                     \
	X(TTBR0_EL1, 0)                                                                     \
	X(TTBR1_EL1, 0)                                                                     \
	X(TCR_EL1, 0)                                                                       \
	X(MAIR_EL1, 0)                                                                      \
	X(AMAIR_EL1, 0)                                                                     \
	X(VBAR_EL1, 0)                                                                      \
	X(ESR_EL1, 0)                                                                       \
	X(FAR_EL1, 0)                                                                       \
	X(AFSR0_EL1, 0)                                                                     \
	X(AFSR1_EL1, 0)                                                                     \
	X(PAR_EL1, 0)                                                                       \
	X(CONTEXTIDR_EL1, 0)                                                                \
	X(CSSELR_EL1, 0)                                                                    \
	X(TPIDR_EL1, 0)                                                                     \
	X(TPIDR_EL0, 0)                                                                     \
	X(TPIDRRO_EL0, 0)                                                                   \
	X(SP_EL0, 0)                                                                        \
	X(SP_EL1, 0)                                                                        \
	X(ELR_EL1, 0)                                                                       \
	X(SPSR_EL1, 0)                                                                      \
	X(CNTKCTL_EL1, 0)                                                                   \
	X(CNTP_CTL_EL0, 0)                                                                  \
	X(CNTP_CVAL_EL0, 0)                                                                 \
	X(CNTV_CTL_EL0, 0)                                                                  \
	X(CNTV_CVAL_EL0, 0)                                                                 \
	X(MDSCR_EL1, 0)                                                                     \
	X(MDCCINT_EL1, 0)                                                                   \
	X(DBGCLAIMCLR_EL1, 0xff)                                                            \
	X(OSDLR_EL1, 0)                                                                     \
	X(OSLAR_EL1, 0) /* unlocked; a cell's own writes are ignored */

#define RESET_PMU(X)                  \
	X(PMUSERENR_EL0, 0)           \
	X(PMCNTENCLR_EL0, 0xffffffff) \
	X(PMINTENCLR_EL1, 0xffffffff) \
	X(PMOVSCLR_EL0, 0xffffffff)   \
	X(PMCCFILTR_EL0, 0)           \
	X(PMCCNTR_EL0, 0)

#define RESET_AUTH_KEYS(X)  \
	X(APIAKEYLO_EL1, 0) \
	X(APIAKEYHI_EL1, 0) \
	X(APIBKEYLO_EL1, 0) \
	X(APIBKEYHI_EL1, 0) \
	X(APDAKEYLO_EL1, 0) \
	X(APDAKEYHI_EL1, 0) \
	X(APDBKEYLO_EL1, 0) \
	X(APDBKEYHI_EL1, 0) \
	X(APGAKEYLO_EL1, 0) \
	X(APGAKEYHI_EL1, 0)

#define RESET_AARCH32(X) \
	X(SPSR_abt, 0)   \
	X(SPSR_und, 0)   \
	X(SPSR_irq, 0)   \
	X(SPSR_fiq, 0)   \
	X(DACR32_EL2, 0) \
	X(IFSR32_EL2, 0) \
	X(FPEXC32_EL2, 0)

#define RESET_ONE(name, value) write_sysreg(name, value);

static void reset_pmu(void)
{
	u64 version = ID_FIELD(ID_AA64DFR0_EL1, 8);
	u64 counters;

	if (version == 0 || version == 15)
		return;
	write_sysreg(PMCR_EL0, 6); /* disabled; event and cycle counters zero */
	RESET_PMU(RESET_ONE)
	counters = (read_sysreg(PMCR_EL0) >> 11) & 31;
	for (u64 i = 0; i < counters; i++) {
		write_sysreg(PMSELR_EL0, i);
		isb(); /* the selection is seen by the next two */
		write_sysreg(PMXEVTYPER_EL0, 0);
		write_sysreg(PMXEVCNTR_EL0, 0);
	}
	write_sysreg(PMSELR_EL0, 0);
}

static bool has_auth(void)
{
	u64 isar1 = read_sysreg(ID_AA64ISAR1_EL1);

	/* APA, API, GPA, GPI; APA3, GPA3 */
	return (isar1 & 0xff000ff0) != 0 || (read_sysreg(ID_AA64ISAR2_EL1) & 0xff00) != 0;
}

void context_reset(struct cpu *cpu)
{
	u64 debug = read_sysreg(ID_AA64DFR0_EL1);

	/* FP is not trapped while we clear it; context_enter() sets what the owner gets. */
	write_sysreg(CPTR_EL2, cpu->arch.native[NATIVE_CPTR] & ~CPTR_TFP);
	isb();
	context_reset_fp();
	RESET_TABLE(RESET_ONE)
	write_sysreg(ACTLR_EL1, cpu->arch.native[NATIVE_ACTLR]);
	context_reset_debug(((debug >> 12) & 15) + 1, ((debug >> 20) & 15) + 1);
	reset_pmu();
	if (has_auth()) {
		RESET_AUTH_KEYS(RESET_ONE)
	}
	if (ID_FIELD(ID_AA64PFR0_EL1, 4) == 2) { /* AArch32 at EL1: else these registers do not exist */
		RESET_AARCH32(RESET_ONE)
	}
	if (ID_FIELD(ID_AA64PFR0_EL1, 28) != 0)
		write_sysreg(DISR_EL1, 0);
	/* A former owner's translations, whoever had its VMID, and its code. */
	isb();
	__asm__ volatile("tlbi alle1\n\tic iallu" : : : "memory");
	dsb(nsh);
	isb();
}

/* --- EL2 controls --- */

static bool has_hcrx(void)
{
	return ID_FIELD(ID_AA64MMFR1_EL1, 40) != 0;
}

#define NATIVE_TABLE(X) \
	X(HCR)          \
	X(CPTR)         \
	X(MDCR)         \
	X(HSTR)         \
	X(CNTHCTL)      \
	X(CNTVOFF)      \
	X(VPIDR)        \
	X(VMPIDR)       \
	X(VTTBR)        \
	X(VTCR)
#define NATIVE_SAVE(name) native[NATIVE_##name] = read_sysreg(name##_EL2);
#define NATIVE_RESTORE(name) write_sysreg(name##_EL2, native[NATIVE_##name]);

void context_save_native(struct cpu *cpu)
{
	u64 *native = cpu->arch.native;

	NATIVE_TABLE(NATIVE_SAVE)
	native[NATIVE_HCRX] = has_hcrx() ? read_sysreg(HCRX_EL2) : 0;
	native[NATIVE_ACTLR] = read_sysreg(ACTLR_EL1);
	write_sysreg(CNTHP_CTL_EL2, 0); /* nobody takes this timer */
}

void context_restore_native(struct cpu *cpu)
{
	const u64 *native = cpu->arch.native;

	NATIVE_TABLE(NATIVE_RESTORE)
	if (has_hcrx())
		write_sysreg(HCRX_EL2, native[NATIVE_HCRX]);
	isb();
}

/*
 * Everybody: stage 2 (VM); Group 0 to us and the common GIC registers virtual (FMO); firmware calls to us (TSC); invalidate
 * by set/way also cleans (SWIO), or it could undo our scrubs.
 * Cells: of the native controls only the register width and pointer authentication; trapped: identification registers
 * (TID3), set/way (TSW), ACTLR (TACR), implementation-defined registers (TIDCP), LORegions (TLOR), error records (TERR).
 */
#define HCR_ALL (HCR_VM | HCR_FMO | HCR_TSC | HCR_SWIO)
#define HCR_CELL_KEEP (HCR_RW | HCR_API | HCR_APK)
#define HCR_CELL (HCR_TID3 | HCR_TSW | HCR_TACR | HCR_TIDCP | HCR_TLOR | HCR_TERR)

u64 context_hcr(const struct cell *cell)
{
	if (cell_is_root(cell)) /* before any CPU entered a guest of ours: as the kernel left it */
		return read_sysreg(HCR_EL2) | HCR_RW | HCR_ALL;
	return (arch_this_cpu()->arch.native[NATIVE_HCR] & HCR_CELL_KEEP) | HCR_RW | HCR_ALL | HCR_CELL;
}

void context_enter(struct cpu *cpu, const struct cell *cell)
{
	const u64 *native = cpu->arch.native;
	bool root = cell_is_root(cell);

	write_sysreg(HCR_EL2, cell->arch.hcr);
	write_sysreg(VTCR_EL2, cell->arch.vtcr);
	write_sysreg(VTTBR_EL2, cell->arch.vttbr);
	/* Cells: FP only; SVE, SME, trace and activity monitors trap (RES1 without these extensions, or RES0). */
	write_sysreg(CPTR_EL2, root ? native[NATIVE_CPTR] : CPTR_RES1 | CPTR_TTA | CPTR_TAM);
	/* Cells: breakpoints and all counters are theirs; the OS lock, debug ROM, statistical profiling and trace are not. */
	write_sysreg(MDCR_EL2,
		     root ? native[NATIVE_MDCR] : (native[NATIVE_MDCR] & MDCR_HPMN) | MDCR_TDOSA | MDCR_TDRA | MDCR_TPMS | MDCR_TTRF);
	write_sysreg(HSTR_EL2, root ? native[NATIVE_HSTR] : 0);
	write_sysreg(CNTHCTL_EL2, root ? native[NATIVE_CNTHCTL] : CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN);
	write_sysreg(CNTVOFF_EL2, root ? native[NATIVE_CNTVOFF] : 0); /* cells see the machine's time */
	write_sysreg(VPIDR_EL2, native[NATIVE_VPIDR]);
	write_sysreg(VMPIDR_EL2, root ? native[NATIVE_VMPIDR] : MPIDR_RES1 | vcpu_affinity(cell, cpu->vcpu));
	if (has_hcrx())
		write_sysreg(HCRX_EL2, root ? native[NATIVE_HCRX] : 0);
	isb();
}
