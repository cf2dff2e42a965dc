// SPDX-License-Identifier: GPL-2.0-only
/* Decodes trapped loads and stores; what is no plain integer access (FP, vector, atomic) is not decoded. */
#include <asm/insn.h>

#define OPCODE(insn) ((insn)&0x7f)
#define OPCODE_LOAD 0x03
#define OPCODE_STORE 0x23

static u32 bits(u32 insn, u32 high, u32 low)
{
	return insn >> low & ((1u << (high - low + 1)) - 1);
}

#define STORE 0x08 /* beside funct3 */
#define NONE 0xff

/* Zcb: lbu, lhu and lh, sb, sh; by bits 11, 10 and 6. */
static const u8 zcb[8] = { 4, 4, 5, 1, STORE | 0, STORE | 0, STORE | 1, NONE };

/* What a short one does, as funct3 and STORE; *reg is what it loads or stores. */
static u32 decode_short(u32 insn, u32 *reg)
{
	bool by_sp = bits(insn, 1, 0) == 2;
	u32 funct3 = bits(insn, 15, 13), loaded = bits(insn, 11, 7);

	*reg = by_sp ? bits(insn, 6, 2) : 8 + bits(insn, 4, 2);
	switch (funct3) {
	case 2: /* c.lw, c.ld and c.lwsp, c.ldsp */
	case 3:
		if (by_sp)
			*reg = loaded;
		return by_sp && loaded == 0 ? NONE : funct3;
	case 4: return by_sp || bits(insn, 12, 12) ? NONE : zcb[bits(insn, 11, 10) << 1 | bits(insn, 6, 6)];
	case 6: /* c.sw, c.sd and c.swsp, c.sdsp */
	case 7: return STORE | (funct3 - 4);
	default: return NONE;
	}
}

bool insn_decode_load_store(u32 insn, struct insn_access *out)
{
	u32 reg = bits(insn, 11, 7), what = bits(insn, 14, 12);

	out->length = 4;
	if ((insn & 1) == 0) {
		out->length = 2;
		what = decode_short(insn, &reg);
	} else {
		if ((insn & 2) == 0) /* only in htinst: no short load or store looks like this */
			out->length = 2;
		if (OPCODE(insn | 2) == OPCODE_STORE) {
			reg = bits(insn, 24, 20);
			what |= STORE;
		} else if (OPCODE(insn | 2) != OPCODE_LOAD) {
			return false;
		}
	}
	/* funct3 is log2 of the width, and for loads 4 more: zero-extended. */
	if (what == 7 || what > (STORE | 3))
		return false;
	out->reg = (u8)reg;
	out->width = (u8)(1u << (what & 3));
	out->write = what & STORE;
	out->sign_extend = what < 3;
	return true;
}
