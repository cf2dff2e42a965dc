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

/* funct3 is log2 of the width, and for loads 4 more: zero-extended. */
static bool result(struct insn_access *out, bool write, u32 funct3, u32 reg, u8 length)
{
	if (funct3 > (write ? 3 : 6))
		return false;
	*out = (struct insn_access){
		.reg = (u8)reg,
		.width = (u8)(1u << (funct3 & 3)),
		.write = write,
		.sign_extend = !write && funct3 < 3,
		.length = length,
	};
	return true;
}

/* Zcb: lbu, lhu and lh, sb, sh. */
static bool decode_zcb(u32 insn, struct insn_access *out)
{
	u32 reg = 8 + bits(insn, 4, 2), bit6 = bits(insn, 6, 6);

	switch (bits(insn, 12, 10)) {
	case 0: return result(out, false, 4, reg, 2);
	case 1: return result(out, false, bit6 ? 1 : 5, reg, 2);
	case 2: return result(out, true, 0, reg, 2);
	case 3: return bit6 == 0 && result(out, true, 1, reg, 2);
	default: return false;
	}
}

static bool decode_short(u32 insn, struct insn_access *out)
{
	bool by_sp = bits(insn, 1, 0) == 2;
	u32 funct3 = bits(insn, 15, 13), low = by_sp ? bits(insn, 6, 2) : 8 + bits(insn, 4, 2);
	u32 loaded = by_sp ? bits(insn, 11, 7) : low;

	switch (funct3) {
	case 2: /* c.lw, c.ld and c.lwsp, c.ldsp */
	case 3: return loaded != 0 && result(out, false, funct3, loaded, 2);
	case 4: return !by_sp && decode_zcb(insn, out);
	case 6: /* c.sw, c.sd and c.swsp, c.sdsp */
	case 7: return result(out, true, funct3 - 4, low, 2);
	default: return false;
	}
}

bool insn_decode_load_store(u32 insn, struct insn_access *out)
{
	u8 length = 4;

	switch (bits(insn, 1, 0)) {
	case 0:
	case 2: return decode_short(insn, out);
	case 1: length = 2; break; /* only in htinst: no short load or store looks like this */
	}
	switch (OPCODE(insn | 2)) {
	case OPCODE_LOAD: return result(out, false, bits(insn, 14, 12), bits(insn, 11, 7), length);
	case OPCODE_STORE: return result(out, true, bits(insn, 14, 12), bits(insn, 24, 20), length);
	default: return false;
	}
}
