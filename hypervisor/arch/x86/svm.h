/* SPDX-License-Identifier: GPL-2.0-only */
/* AMD-V's control block, for svm.c, and what svm_run.S knows of it. AMD APM vol. 2, appendices B and C. */
#ifndef SVM_H
#define SVM_H

#define EXIT_CODE_MSR 0x7c
#define EXIT_CODE_VMMCALL 0x81
#define CALL_LENGTH 3 /* of VMMCALL */

#ifndef __ASSEMBLY__

#include <asm/layout.h>
#include <bulkhead/types.h>

struct segment {
	u16 selector;
	u16 attributes; /* bytes 5 and high half of 6 of a descriptor */
	u32 limit;
	u64 base;
};

struct vmcb {
	u32 intercept_cr;
	u32 intercept_dr;
	u32 intercept_exceptions;
	u32 intercept[2]; /* INTERCEPT_* */
	u8 reserved14[0x40 - 0x14];
	u64 port_map;
	u64 msr_map;
	u64 tsc_offset;
	u32 asid;
	u8 tlb_control;
	u8 reserved5d[3];
	u64 virtual_interrupt;
	u64 shadow;
	u64 exit_code;
	u64 exit_info1;
	u64 exit_info2;
	u64 exit_event;
	u64 nested_enable;
	u8 reserved98[0xa8 - 0x98];
	u64 inject;
	u64 nested_root;
	u8 reservedb8[0x400 - 0xb8];
	struct segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	u8 reserved4a0[0x4cb - 0x4a0];
	u8 cpl;
	u32 reserved4cc;
	u64 efer;
	u8 reserved4d8[0x548 - 0x4d8];
	u64 cr4, cr3, cr0, dr7, dr6, rflags, rip;
	u8 reserved580[0x5d8 - 0x580];
	u64 rsp;
	u8 reserved5e0[0x5f8 - 0x5e0];
	u64 rax;
	u64 star, lstar, cstar, sfmask, kernel_gs_base, sysenter_cs, sysenter_esp, sysenter_eip;
	u64 cr2;
	u8 reserved648[0x668 - 0x648];
	u64 pat;
	u64 debugctl;
	u8 reserved678[0x1000 - 0x678];
};

_Static_assert(offsetof(struct vmcb, asid) == 0x58 && offsetof(struct vmcb, inject) == 0xa8, "APM vol. 2, appendix B");
_Static_assert(offsetof(struct vmcb, cpl) == 0x4cb && offsetof(struct vmcb, efer) == 0x4d0, "APM vol. 2, appendix B");
_Static_assert(offsetof(struct vmcb, cr4) == 0x548 && offsetof(struct vmcb, rip) == 0x578, "APM vol. 2, appendix B");
_Static_assert(offsetof(struct vmcb, rax) == 0x5f8 && offsetof(struct vmcb, pat) == 0x668, "APM vol. 2, appendix B");
_Static_assert(sizeof(struct vmcb) == PAGE_SIZE, "APM vol. 2, appendix B");

#endif
#endif
