/* SPDX-License-Identifier: GPL-2.0-only */
/* The x86 part of struct cpu, and the register frame of a guest. */
#ifndef ASM_ARCH_CPU_H
#define ASM_ARCH_CPU_H

#include <bulkhead/types.h>

#define ARCH_ID 2          /* BULKHEAD_ARCH_X86 */
#define ARCH_ENTRY_ALIGN 1 /* bytes: of instructions */

/* Bits of slot->request beyond core's. */
#define CPU_REQ_KICK 0x10000u /* an NMI of ours is under way; whoever takes it clears this first */
#define CPU_REQ_NMI 0x20000u  /* the CPU's guest is to get an NMI */
#define CPU_REQ_INIT 0x40000u /* the CPU's guest is to wait for a SIPI */

enum { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI, REG_R8 }; /* as instructions number them */

struct trap_frame {
	u64 r[16];
};

struct __attribute__((packed)) table_register {
	u16 limit;
	u64 base;
};

/* The root's own, where it has to be found again; entry.S knows the order. */
struct entry_state {
	u64 cr3;
	u64 rsp;
	u64 resume; /* where it goes on */
	u64 cr4;
	struct table_register gdtr;
	struct table_register idtr;
	u32 reserved;
};

struct arch_cpu {
	struct entry_state entry;
	u64 nmis;      /* taken by the hypervisor itself */
	u64 nmis_seen; /* of those, the ones kick_taken() knows */
	u64 nmi_step;  /* the IRET of an NMI's handler is being stepped */
	u64 found[2];  /* of the back end: what it must put back */
};

#endif
