// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trapped system registers other than the GIC's: the two tables are the policy, what has no row is denied to cells and
 * undefined for the root (which traps next to nothing). Acts on the calling CPU; no lock.
 */
#include <asm/context.h>
#include <asm/sysregs.h>
#include <bulkhead/cell.h>

/*
 * Identification registers of cells, HCR_EL2.TID3: X(CRm, op2, fields shown); no row: zero. Hidden is what traps or what
 * would show another owner's data: EL2, EL3, SVE, SME, MTE, RAS, AMU, MPAM, SPE, trace, branch records, LORegions, 64-byte
 * stores, memory copy instructions (HCRX_EL2), nesting.
 */
#define ID_REGISTERS(X)                                                                                \
	X(1, 0, 0x000fffff) /* ID_PFR0: no RAS, AMU */                                                 \
	X(1, 1, 0xf0ff0f0f) /* ID_PFR1: no security, virtualization */                                 \
	X(1, 2, 0x0f000fff) /* ID_DFR0: no trace */                                                    \
	X(1, 4, ~0ull)      /* ID_MMFR0-3 */                                                           \
	X(1, 5, ~0ull)                                                                                 \
	X(1, 6, ~0ull)                                                                                 \
	X(1, 7, ~0ull)                                                                                 \
	X(2, 0, ~0ull) /* ID_ISAR0-5 */                                                                \
	X(2, 1, ~0ull)                                                                                 \
	X(2, 2, ~0ull)                                                                                 \
	X(2, 3, ~0ull)                                                                                 \
	X(2, 4, ~0ull)                                                                                 \
	X(2, 5, ~0ull)                                                                                 \
	X(2, 6, ~0ull) /* ID_MMFR4 */                                                                  \
	X(2, 7, ~0ull) /* ID_ISAR6 */                                                                  \
	X(3, 0, ~0ull) /* MVFR0-2 */                                                                   \
	X(3, 1, ~0ull)                                                                                 \
	X(3, 2, ~0ull)                                                                                 \
	X(3, 4, 0x000000f0)         /* ID_PFR2: SSBS */                                                \
	X(3, 6, ~0ull)              /* ID_MMFR5 */                                                     \
	X(4, 0, 0xf10f00000fff00ff) /* ID_AA64PFR0: EL0, EL1, FP, AdvSIMD, GIC, DIT, CSV2 (1), CSV3 */ \
	X(4, 1, 0x000000ff)         /* ID_AA64PFR1: BTI, SSBS */                                       \
	X(5, 0, 0x000000f0f0f0ff0f) /* ID_AA64DFR0: debug, PMU, DoubleLock */                          \
	X(6, 0, 0xfffffffff0ffffff) /* ID_AA64ISAR0: no TME */                                         \
	X(6, 1, 0x0fffffffffffffff) /* ID_AA64ISAR1: no LS64 */                                        \
	X(6, 2, 0x00000000fff0ffff) /* ID_AA64ISAR2: no MOPS */                                        \
	X(7, 0, 0x0000f000ffffffff) /* ID_AA64MMFR0: no ECV, FGT, stage-2 granules */                  \
	X(7, 1, 0xf00ff0f00ff0f00f) /* ID_AA64MMFR1: no VMID, VH, LO, XNX, TWED, HCX, TIDCP1, CMOW */  \
	X(7, 2, 0xf0fff0fff0ffffff) /* ID_AA64MMFR2: no NV, FWB, EVT */

#define ID_CASE(crm, op2, shown) \
	case (crm)*8 + (op2): return read_sysreg(S3_0_C0_C##crm##_##op2) & (shown);

static u64 id_register(u32 number)
{
	switch (number) {
		ID_REGISTERS(ID_CASE)
	}
	return 0;
}

static u64 id_shown(const struct cpu *cpu, u32 crm, u32 op2)
{
	u64 value = id_register(crm * 8 + op2);

	/* Pointer authentication is the root kernel's choice: without HCR_EL2.API it would trap. */
	if (!(cpu->arch.native[NATIVE_HCR] & HCR_API)) {
		if (crm == 6 && op2 == 1)
			value &= ~0xff000ff0ull; /* APA, API, GPA, GPI */
		if (crm == 6 && op2 == 2)
			value &= ~0x0f00ff00ull; /* GPA3, APA3, PAC_frac */
	}
	return value;
}

/*
 * DC ISW, CSW, CISW of a cell: the same line of the same CPU, cleaned as well where it asked for invalidation only. A line,
 * way or level the cache does not have may be undefined at EL2, so those are checked and ignored.
 */
static void set_way(u64 value, bool invalidate)
{
	u64 level = value >> 1 & 7, old = read_sysreg(CSSELR_EL1);
	u64 ccsidr, ways, sets, line_shift, way_shift;
	bool wide = (read_sysreg(ID_AA64MMFR2_EL1) >> 20 & 15) != 0; /* CCIDX */

	if (level > 6 || (read_sysreg(CLIDR_EL1) >> 3 * level & 7) < 2 || (value & 1))
		return;
	write_sysreg(CSSELR_EL1, level << 1);
	isb(); /* the selection is seen by the read */
	ccsidr = read_sysreg(CCSIDR_EL1);
	write_sysreg(CSSELR_EL1, old);
	line_shift = (ccsidr & 7) + 4;
	ways = ccsidr >> 3 & (wide ? 0x1fffff : 0x3ff);
	sets = wide ? ccsidr >> 32 & 0xffffff : ccsidr >> 13 & 0x7fff;
	way_shift = ways ? (u64)__builtin_clz((u32)ways) : 32;
	if (value >> 32 || value >> way_shift > ways || (value & (BIT64(way_shift) - 1)) >> line_shift > sets)
		return;
	if (invalidate)
		__asm__ volatile("dc cisw, %0" : : "r"(value) : "memory");
	else
		__asm__ volatile("dc csw, %0" : : "r"(value) : "memory");
	dsb(sy);
}

enum sysreg_policy { RAZ_WI, READ_NATIVE_ACTLR, READ_NATIVE_OSLSR, CLEAN_WAY, CLEAN_INVALIDATE_WAY };

static const struct {
	u32 iss;
	u8 policy; /* enum sysreg_policy */
} cell_registers[] = {
	{ SYSREG_ISS(1, 0, 7, 6, 2), CLEAN_INVALIDATE_WAY },  /* DC ISW */
	{ SYSREG_ISS(1, 0, 7, 14, 2), CLEAN_INVALIDATE_WAY }, /* DC CISW */
	{ SYSREG_ISS(1, 0, 7, 10, 2), CLEAN_WAY },            /* DC CSW */
	{ SYSREG_ISS(3, 0, 1, 0, 1), READ_NATIVE_ACTLR },     /* ACTLR_EL1: writes ignored */
	{ SYSREG_ISS(2, 0, 1, 0, 4), RAZ_WI },                /* OSLAR_EL1: the lock is open and stays open */
	{ SYSREG_ISS(2, 0, 1, 1, 4), READ_NATIVE_OSLSR },     /* OSLSR_EL1 */
	{ SYSREG_ISS(2, 0, 1, 3, 4), RAZ_WI },                /* OSDLR_EL1 */
	{ SYSREG_ISS(2, 0, 1, 4, 4), RAZ_WI },                /* DBGPRCR_EL1 */
	{ SYSREG_ISS(2, 0, 1, 0, 0), RAZ_WI },                /* MDRAR_EL1: no debug ROM */
};

static void cell_register(struct cpu *cpu, u8 policy, bool read, u64 *value)
{
	if (policy == CLEAN_WAY || policy == CLEAN_INVALIDATE_WAY)
		set_way(*value, policy == CLEAN_INVALIDATE_WAY);
	else if (!read)
		return;
	else if (policy == READ_NATIVE_ACTLR)
		*value = cpu->arch.native[NATIVE_ACTLR];
	else if (policy == READ_NATIVE_OSLSR)
		*value = read_sysreg(OSLSR_EL1);
	else
		*value = 0;
}

enum sysreg_result sysreg_trap(struct cpu *cpu, u32 iss, u64 *value, u32 *cause)
{
	bool read = iss & SYSREG_ISS_READ;
	u32 number = iss & SYSREG_ISS_MASK;

	if (cell_is_root(cpu->cell)) {
		count_exit(cpu, EXIT_SYSREG);
		return SYSREG_UNKNOWN;
	}
	/* op0 3, op1 0, CRn 0, CRm 1-7: the identification space, all of it readable. */
	if (read && (number & ~SYSREG_ISS(0, 0, 0, 7, 7)) == SYSREG_ISS(3, 0, 0, 0, 0) && number >> 1 & 7) {
		count_exit(cpu, EXIT_SYSREG);
		*value = id_shown(cpu, number >> 1 & 7, number >> 17 & 7);
		return SYSREG_DONE;
	}
	for (u32 i = 0; i < ARRAY_SIZE(cell_registers); i++) {
		u8 policy = cell_registers[i].policy;

		if (cell_registers[i].iss != number)
			continue;
		count_exit(cpu, policy == CLEAN_WAY || policy == CLEAN_INVALIDATE_WAY ? EXIT_CACHE : EXIT_SYSREG);
		cell_register(cpu, policy, read, value);
		return SYSREG_DONE;
	}
	count_exit(cpu, EXIT_SYSREG);
	*cause = FAULT_SYSREG;
	return SYSREG_DENIED;
}
