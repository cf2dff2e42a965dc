/* SPDX-License-Identifier: GPL-2.0-only */
/* Integer loads and stores that trapped. Pure. RISC-V Unprivileged ISA, RV64I and the C and Zcb extensions. */
#ifndef ASM_INSN_H
#define ASM_INSN_H

#include <bulkhead/types.h>

struct insn_access {
	u8 reg;   /* loaded or stored; 0: zero is stored, or what is loaded goes nowhere */
	u8 width; /* bytes */
	bool write;
	bool sign_extend;
	u8 length; /* of the instruction, bytes */
};

/*
 * insn: what is at the guest's pc (16 bits are enough if it is a short one), or htinst, where bit 1 is clear instead of set
 * if the instruction was a short one. False: no integer load or store.
 */
bool insn_decode_load_store(u32 insn, struct insn_access *out);

#endif
