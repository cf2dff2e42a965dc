/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System registers: accessors, encodings the assembler may not know (one name, the architecture's), fields we use.
 * Usable from assembly for the constants. Arm ARM DDI 0487, D19 and D23; GIC registers IHI 0069, chapter 12.
 */
#ifndef ASM_SYSREGS_H
#define ASM_SYSREGS_H

#define SYSREG_STR_(x) #x
#define SYSREG_STR(x) SYSREG_STR_(x)

#ifndef __ASSEMBLER__
#include <bulkhead/types.h>

#define read_sysreg(name)                                                            \
	({                                                                           \
		u64 sysreg_value_;                                                   \
		__asm__ volatile("mrs %0, " SYSREG_STR(name) : "=r"(sysreg_value_)); \
		sysreg_value_;                                                       \
	})
#define write_sysreg(name, value)                                                          \
	do {                                                                               \
		u64 sysreg_value_ = (value);                                               \
		__asm__ volatile("msr " SYSREG_STR(name) ", %x0" : : "rZ"(sysreg_value_)); \
	} while (0)

#define isb() __asm__ volatile("isb" : : : "memory")
#define dsb(scope) __asm__ volatile("dsb " #scope : : : "memory") /* sy, ish, ishst, nsh, ... */
#define dmb(scope) __asm__ volatile("dmb " #scope : : : "memory")
#define wfi() __asm__ volatile("wfi" : : : "memory")
#endif

/* --- GIC CPU interface --- */
#define ICC_PMR_EL1 S3_0_C4_C6_0
#define ICC_IAR0_EL1 S3_0_C12_C8_0
#define ICC_EOIR0_EL1 S3_0_C12_C8_1
#define ICC_BPR0_EL1 S3_0_C12_C8_3
#define ICC_AP0R0_EL1 S3_0_C12_C8_4
#define ICC_AP1R0_EL1 S3_0_C12_C9_0
#define ICC_AP1R1_EL1 S3_0_C12_C9_1
#define ICC_AP1R2_EL1 S3_0_C12_C9_2
#define ICC_AP1R3_EL1 S3_0_C12_C9_3
#define ICC_DIR_EL1 S3_0_C12_C11_1
#define ICC_RPR_EL1 S3_0_C12_C11_3
#define ICC_SGI1R_EL1 S3_0_C12_C11_5
#define ICC_IAR1_EL1 S3_0_C12_C12_0
#define ICC_EOIR1_EL1 S3_0_C12_C12_1
#define ICC_BPR1_EL1 S3_0_C12_C12_3
#define ICC_CTLR_EL1 S3_0_C12_C12_4
#define ICC_SRE_EL1 S3_0_C12_C12_5
#define ICC_IGRPEN0_EL1 S3_0_C12_C12_6
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7
#define ICC_SRE_EL2 S3_4_C12_C9_5
#define ICH_HCR_EL2 S3_4_C12_C11_0
#define ICH_VTR_EL2 S3_4_C12_C11_1
#define ICH_VMCR_EL2 S3_4_C12_C11_7
#define ICC_CTLR_EOIMODE BIT64(1)
#define ICC_CTLR_PRIBITS(ctlr) ((((ctlr) >> 8) & 7) + 1)
#define ICC_SRE_SRE BIT64(0)
#define ICC_SRE_ENABLE BIT64(3) /* _EL2: EL1 may use ICC_SRE_EL1 */
#define ICC_INTID_SPURIOUS 1020 /* and above: nothing to take */
#define ICH_HCR_TC BIT64(10)    /* registers common to both groups trap: PMR, CTLR, DIR, RPR */

/* --- other EL1, EL0 registers newer than Armv8.0 --- */
#define APIAKEYLO_EL1 S3_0_C2_C1_0
#define APIAKEYHI_EL1 S3_0_C2_C1_1
#define APIBKEYLO_EL1 S3_0_C2_C1_2
#define APIBKEYHI_EL1 S3_0_C2_C1_3
#define APDAKEYLO_EL1 S3_0_C2_C2_0
#define APDAKEYHI_EL1 S3_0_C2_C2_1
#define APDBKEYLO_EL1 S3_0_C2_C2_2
#define APDBKEYHI_EL1 S3_0_C2_C2_3
#define APGAKEYLO_EL1 S3_0_C2_C3_0
#define APGAKEYHI_EL1 S3_0_C2_C3_1
#define ID_AA64MMFR2_EL1 S3_0_C0_C7_2
#define ID_AA64ISAR2_EL1 S3_0_C0_C6_2

/* --- HCR_EL2 --- */
#define HCR_VM BIT64(0)
#define HCR_SWIO BIT64(1) /* data cache invalidate by set/way cleans, too */
#define HCR_FMO BIT64(3)
#define HCR_TID3 BIT64(18)
#define HCR_TSC BIT64(19)
#define HCR_TIDCP BIT64(20)
#define HCR_TACR BIT64(21)
#define HCR_TSW BIT64(22)
#define HCR_RW BIT64(31)
#define HCR_E2H BIT64(34)
#define HCR_TLOR BIT64(35)
#define HCR_TERR BIT64(36)
#define HCR_APK BIT64(40)
#define HCR_API BIT64(41)

/* --- CPTR_EL2 (E2H = 0), MDCR_EL2, CNTHCTL_EL2 --- */
#define CPTR_RES1 0x33ffull /* bits 13, 12, 9:0; 12 and 8 become TSM and TZ with SME and SVE */
#define CPTR_TFP BIT64(10)
#define CPTR_TTA BIT64(20)
#define CPTR_TAM BIT64(30)
#define MDCR_HPMN GENMASK64(4, 0)
#define MDCR_TDOSA BIT64(10)
#define MDCR_TDRA BIT64(11)
#define MDCR_TPMS BIT64(14)
#define MDCR_TTRF BIT64(19)
#define CNTHCTL_EL1PCTEN BIT64(0)
#define CNTHCTL_EL1PCEN BIT64(1)

/* --- ESR_EL2 --- */
#define ESR_EC(esr) (((esr) >> 26) & 0x3f)
#define ESR_ISS(esr) ((esr)&0x1ffffff)
#define ESR_IL BIT64(25)
#define ESR_EC_SMC64 0x17
#define ESR_EC_SYS64 0x18
#define ESR_EC_IABT_LOWER 0x20
#define ESR_EC_DABT_LOWER 0x24

/* ISS of a trapped MSR/MRS (EC 0x18): the register, without Rt and direction. */
#define SYSREG_ISS(op0, op1, crn, crm, op2) (0u | (op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define SYSREG_ISS_MASK 0x3ffc1eu
#define SYSREG_ISS_READ 1
#define SYSREG_ISS_RT(iss) (((iss) >> 5) & 31)

#define MPIDR_AFFINITY 0xff00ffffffull /* Aff3, Aff2, Aff1, Aff0 */
#define MPIDR_RES1 BIT64(31)

#define SCTLR_EL1_RES1 0x30d00800ull /* bits 29, 28, 23, 22, 20, 11: MMU and caches off, little-endian */

#endif
