/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control and status registers: accessors, numbers (the assembler need not know the extensions), fields we use.
 * Usable from assembly for the constants. RISC-V Privileged Architecture, "CSR Listing" and the chapters on the supervisor
 * level and the H extension; AIA, chapters 2, 3 and 6; Sstc; Smstateen.
 */
#ifndef ASM_CSR_H
#define ASM_CSR_H

#define CSR_STR_(x) #x
#define CSR_STR(x) CSR_STR_(x)

#ifdef __ASSEMBLER__
#define CSR_BIT(n) (1 << (n))
#define CSR_FIELD(value, shift) ((value) << (shift))
#else
#include <bulkhead/types.h>

#define CSR_BIT(n) (1ull << (n))
#define CSR_FIELD(value, shift) ((u64)(value) << (shift))

#ifndef CSR_FAKE
#define read_csr(csr)                                                                       \
	({                                                                                  \
		u64 csr_value_;                                                             \
		__asm__ volatile("csrr %0, " CSR_STR(csr) : "=r"(csr_value_) : : "memory"); \
		csr_value_;                                                                 \
	})
#define write_csr(csr, value) __asm__ volatile("csrw " CSR_STR(csr) ", %0" : : "rK"((u64)(value)) : "memory")
#define set_csr(csr, bits) __asm__ volatile("csrs " CSR_STR(csr) ", %0" : : "rK"((u64)(bits)) : "memory")
#define clear_csr(csr, bits) __asm__ volatile("csrc " CSR_STR(csr) ", %0" : : "rK"((u64)(bits)) : "memory")
/* The old value is the result. */
#define swap_csr(csr, value)                                                                                         \
	({                                                                                                           \
		u64 csr_old_;                                                                                        \
		__asm__ volatile("csrrw %0, " CSR_STR(csr) ", %1" : "=r"(csr_old_) : "rK"((u64)(value)) : "memory"); \
		csr_old_;                                                                                            \
	})
/* Until an interrupt of ours or, by hie, of the guest is pending. */
#define wait_interrupt() __asm__ volatile("wfi" : : : "memory")
#define spin_hint() __asm__ volatile(".insn i 0x0f, 0, x0, x0, 0x10") /* pause (Zihintpause), a hint elsewhere */
/* hlvx.hu: 16 bits of the guest's code, through both stages as a fetch. */
static inline u64 guest_parcel(u64 pc)
{
	u64 parcel;

	__asm__ volatile(".insn r 0x73, 4, 0x32, %0, %1, x3" : "=r"(parcel) : "r"(pc) : "memory");
	return parcel;
}
#else                                                                 /* the unit tests bring their own */
u64 read_csr(u32 csr);
void write_csr(u32 csr, u64 value);
void set_csr(u32 csr, u64 bits);
void clear_csr(u32 csr, u64 bits);
u64 swap_csr(u32 csr, u64 value);
void wait_interrupt(void);
void spin_hint(void);
u64 guest_parcel(u64 pc);
#endif
#endif

/* --- any level --- */
#define CSR_SEED 0x015 /* Zkr; only by read-write instructions */
#define CSR_TIME 0xc01

/* --- supervisor level; a guest that names them gets the VS ones --- */
#define CSR_SSTATUS 0x100
#define CSR_SIE 0x104
#define CSR_STVEC 0x105
#define CSR_SCOUNTEREN 0x106
#define CSR_SENVCFG 0x10a
#define CSR_SSTATEEN0 0x10c
#define CSR_SSCRATCH 0x140
#define CSR_SEPC 0x141
#define CSR_SCAUSE 0x142
#define CSR_STVAL 0x143
#define CSR_SIP 0x144
#define CSR_STIMECMP 0x14d /* Sstc */
#define CSR_SISELECT 0x150 /* AIA, as the next ones */
#define CSR_SIREG 0x151
#define CSR_STOPEI 0x15c
#define CSR_SATP 0x180

/* --- hypervisor level --- */
#define CSR_HSTATUS 0x600
#define CSR_HEDELEG 0x602
#define CSR_HIDELEG 0x603
#define CSR_HTIMEDELTA 0x605
#define CSR_HCOUNTEREN 0x606
#define CSR_HGEIE 0x607
#define CSR_HVICTL 0x609 /* AIA */
#define CSR_HENVCFG 0x60a
#define CSR_HSTATEEN0 0x60c
#define CSR_HTVAL 0x643
#define CSR_HVIP 0x645
#define CSR_HTINST 0x64a
#define CSR_HGATP 0x680

/* --- virtual supervisor level, as the hypervisor reaches it --- */
#define CSR_VSSTATUS 0x200
#define CSR_VSIE 0x204
#define CSR_VSTVEC 0x205
#define CSR_VSSCRATCH 0x240
#define CSR_VSEPC 0x241
#define CSR_VSCAUSE 0x242
#define CSR_VSTVAL 0x243
#define CSR_VSTIMECMP 0x24d /* Sstc */
#define CSR_VSISELECT 0x250 /* AIA, as the next ones */
#define CSR_VSIREG 0x251
#define CSR_VSTOPEI 0x25c
#define CSR_VSATP 0x280

/* --- fields: sstatus, vsstatus --- */
#define SSTATUS_SIE CSR_BIT(1)
#define SSTATUS_SPIE CSR_BIT(5)
#define SSTATUS_SPP CSR_BIT(8)
#define SSTATUS_VS_SHIFT 9
#define SSTATUS_VS CSR_FIELD(3, SSTATUS_VS_SHIFT)
#define SSTATUS_FS_SHIFT 13
#define SSTATUS_FS CSR_FIELD(3, SSTATUS_FS_SHIFT)
#define SSTATUS_SUM CSR_BIT(18)
#define SSTATUS_MXR CSR_BIT(19)
#define SSTATUS_UXL_SHIFT 32
#define XL_64 2 /* of UXL, VSXL */

/* --- fields: hstatus --- */
#define HSTATUS_VSBE CSR_BIT(5)
#define HSTATUS_SPV CSR_BIT(7)
#define HSTATUS_SPVP CSR_BIT(8)
#define HSTATUS_HU CSR_BIT(9)
#define HSTATUS_VGEIN_SHIFT 12
#define HSTATUS_VGEIN CSR_FIELD(0x3f, HSTATUS_VGEIN_SHIFT)
#define HSTATUS_VTVM CSR_BIT(20)
#define HSTATUS_VTW CSR_BIT(21)
#define HSTATUS_VTSR CSR_BIT(22)
#define HSTATUS_VSXL_SHIFT 32

/* --- interrupts: bits of sip, sie, hip, hie, hvip, hideleg; causes --- */
#define IRQ_SSI 1
#define IRQ_VSSI 2
#define IRQ_STI 5
#define IRQ_VSTI 6
#define IRQ_SEI 9
#define IRQ_VSEI 10
#define IRQ_LCOFI 13
#define IP_SSIP CSR_BIT(IRQ_SSI)
#define IP_VSSIP CSR_BIT(IRQ_VSSI)
#define IP_STIP CSR_BIT(IRQ_STI)
#define IP_VSTIP CSR_BIT(IRQ_VSTI)
#define IP_SEIP CSR_BIT(IRQ_SEI)
#define IP_VSEIP CSR_BIT(IRQ_VSEI)
#define IP_LCOFIP CSR_BIT(IRQ_LCOFI)
#define IP_VS_ALL (IP_VSSIP | IP_VSTIP | IP_VSEIP) /* hideleg */

/* --- scause --- */
#define SCAUSE_INTERRUPT CSR_BIT(63)
#define EXC_FETCH_MISALIGNED 0
#define EXC_FETCH_ACCESS 1
#define EXC_ILLEGAL 2
#define EXC_BREAKPOINT 3
#define EXC_LOAD_MISALIGNED 4
#define EXC_LOAD_ACCESS 5
#define EXC_STORE_MISALIGNED 6
#define EXC_STORE_ACCESS 7
#define EXC_ECALL_U 8 /* VU, too */
#define EXC_ECALL_HS 9
#define EXC_ECALL_VS 10
#define EXC_FETCH_PAGE 12
#define EXC_LOAD_PAGE 13
#define EXC_STORE_PAGE 15
#define EXC_FETCH_GUEST_PAGE 20
#define EXC_LOAD_GUEST_PAGE 21
#define EXC_VIRTUAL 22
#define EXC_STORE_GUEST_PAGE 23

/* --- satp, vsatp, hgatp --- */
#define ATP_MODE_SHIFT 60
#define ATP_MODE_BARE 0
#define ATP_MODE_SV39 8 /* hgatp: Sv39x4 */
#define ATP_MODE_SV48 9
#define ATP_PPN CSR_FIELD(0xfffffffffff, 0)
#define HGATP_VMID_SHIFT 44

/* --- henvcfg; senvcfg has FIOM, LPE, SSE, CBIE, CBCFE, CBZE, PMM --- */
#define ENVCFG_CBIE_SHIFT 4
#define ENVCFG_CBIE CSR_FIELD(3, ENVCFG_CBIE_SHIFT)
#define ENVCFG_CBIE_FLUSH CSR_FIELD(1, ENVCFG_CBIE_SHIFT) /* an invalidate by a guest writes back first */
#define ENVCFG_CBIE_INVALIDATE CSR_FIELD(3, ENVCFG_CBIE_SHIFT)
#define ENVCFG_CBCFE CSR_BIT(6)
#define ENVCFG_CBZE CSR_BIT(7)
#define ENVCFG_ADUE CSR_BIT(61)
#define ENVCFG_PBMTE CSR_BIT(62)
#define ENVCFG_STCE CSR_BIT(63)

/* --- hcounteren, scounteren: bit n = counter 0xc00 + n --- */
#define COUNTEREN_CY CSR_BIT(0)
#define COUNTEREN_TM CSR_BIT(1)
#define COUNTEREN_IR CSR_BIT(2)

/* --- hstateen0, sstateen0 (C, FCSR, JVT only) --- */

/* --- AIA: hvictl, stopei and stopi, what siselect and vsiselect reach --- */
#define TOPEI_ID_SHIFT 16 /* the identity; below it the same number as priority */
#define ISELECT_EIDELIVERY 0x70
#define ISELECT_EITHRESHOLD 0x72
#define ISELECT_EIP0 0x80 /* 64 identities a register, even ones on RV64 */
#define ISELECT_EIE0 0xc0
#define EIDELIVERY_ON 1

/* --- seed --- */

/* --- htinst: what stands there instead of an instruction when the fault was the implicit access of a VS-stage walk --- */
#define HTINST_PSEUDO_LOAD 0x3000 /* RV64 */
#define HTINST_PSEUDO_STORE 0x3020

#endif
