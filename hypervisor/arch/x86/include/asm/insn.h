/* SPDX-License-Identifier: GPL-2.0-only */
/* insn.c: what a trapped load or store does. Pure. */
#ifndef ASM_INSN_H
#define ASM_INSN_H

#include <bulkhead/types.h>

#define INSN_MAX 15

enum insn_mode { INSN_16 = 16, INSN_32 = 32, INSN_64 = 64 };

struct insn_access {
	u8 length;
	u8 width;     /* bytes of memory */
	u8 reg;       /* register number: source or destination */
	u8 reg_width; /* bytes of it that a load writes; 4 clears the upper half */
	bool write;
	bool immediate;   /* a store of value, not of a register */
	bool high;        /* ah, ch, dh, bh: bits 15:8 of register reg */
	bool sign_extend; /* loads */
	u64 value;
};

/* False: no plain load or store of a general register, or not all in the given bytes. */
bool insn_decode(const u8 *bytes, u32 count, enum insn_mode mode, struct insn_access *out);

#endif
