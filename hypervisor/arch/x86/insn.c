// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decodes the moves drivers reach registers with: MOV to and from memory, MOV of an immediate, MOVZX, MOVSX, MOVSXD. What modifies
 * memory, moves strings or vectors is not decoded. AMD APM vol. 3, 1.2 to 1.4.
 */
#include <asm/insn.h>

#define REX_W 8
#define REX_R 4

struct cursor {
	const u8 *bytes;
	u32 count, at;
	bool short_of; /* ran out of bytes */
};

static u8 next(struct cursor *c)
{
	if (c->at >= c->count || c->at >= INSN_MAX) {
		c->short_of = true;
		return 0;
	}
	return c->bytes[c->at++];
}

static u64 next_value(struct cursor *c, u32 width)
{
	u64 value = 0;

	for (u32 i = 0; i < width; i++)
		value |= (u64)next(c) << (8 * i);
	return value;
}

struct prefixes {
	bool operand, address;
	u8 rex;
	u8 opcode; /* the first byte that is no prefix */
};

/* False: a prefix that makes it something else (LOCK, REP). */
static bool take_prefixes(struct cursor *c, enum insn_mode mode, struct prefixes *p)
{
	*p = (struct prefixes){ .operand = false };
	for (;;) {
		u8 byte = next(c);

		switch (byte) {
		case 0x26:
		case 0x2e:
		case 0x36:
		case 0x3e:
		case 0x64:
		case 0x65: break;
		case 0x66: p->operand = true; break;
		case 0x67: p->address = true; break;
		case 0xf0:
		case 0xf2:
		case 0xf3: return false;
		default:
			if (mode == INSN_64 && (byte & 0xf0) == 0x40) {
				p->rex = byte;
				byte = next(c); /* REX stands right before the opcode */
			}
			p->opcode = byte;
			return !c->short_of;
		}
	}
}

/* Skips the rest of a memory operand: SIB, displacement. False: a register. */
static bool skip_operand(struct cursor *c, u8 modrm, u32 address_bits)
{
	u32 mod = modrm >> 6, rm = modrm & 7;

	if (mod == 3)
		return false;
	if (address_bits == 16) {
		next_value(c, mod == 1 ? 1 : mod == 2 || rm == 6 ? 2 : 0);
		return true;
	}
	if (rm == 4) {
		u8 sib = next(c);

		if (mod == 0 && (sib & 7) == 5)
			next_value(c, 4);
	} else if (mod == 0 && rm == 5) {
		next_value(c, 4);
	}
	next_value(c, mod == 1 ? 1 : mod == 2 ? 4 : 0);
	return true;
}

struct form {
	u8 width; /* of memory; 0: the operand's */
	bool write, immediate, offset, sign_extend;
};

/* One row per opcode that is decoded. */
static bool form_of(u8 opcode, bool escaped, bool wide, struct form *f)
{
	*f = (struct form){ .width = 0 };
	if (escaped) {
		f->width = opcode & 1 ? 2 : 1;
		f->sign_extend = opcode >= 0xbe;
		return (opcode & 0xf6) == 0xb6;
	}
	switch (opcode) {
	case 0x88: f->width = 1; /* fall through */
	case 0x89: f->write = true; return true;
	case 0x8a: f->width = 1; /* fall through */
	case 0x8b: return true;
	case 0xa0: f->width = 1; /* fall through */
	case 0xa1: f->offset = true; return true;
	case 0xa2: f->width = 1; /* fall through */
	case 0xa3: f->offset = f->write = true; return true;
	case 0xc6: f->width = 1; /* fall through */
	case 0xc7: f->write = f->immediate = true; return true;
	case 0x63:
		f->width = 4;
		f->sign_extend = true;
		return wide; /* else the manuals differ, and nobody uses it */
	default: return false;
	}
}

static u8 operand_width(const struct prefixes *p, enum insn_mode mode)
{
	if (p->rex & REX_W)
		return 8;
	return (mode == INSN_16) != p->operand ? 2 : 4;
}

static u32 address_bits(const struct prefixes *p, enum insn_mode mode)
{
	if (!p->address)
		return mode;
	return mode == INSN_32 ? 16 : 32;
}

bool insn_decode(const u8 *bytes, u32 count, enum insn_mode mode, struct insn_access *out)
{
	struct cursor c = { .bytes = bytes, .count = count };
	struct prefixes p;
	struct form f;
	u8 modrm = 0;

	if (!take_prefixes(&c, mode, &p))
		return false;
	bool escaped = p.opcode == 0x0f;
	u8 operand = operand_width(&p, mode);

	if (!form_of(escaped ? next(&c) : p.opcode, escaped, p.rex & REX_W, &f))
		return false;
	if (f.offset) {
		next_value(&c, address_bits(&p, mode) / 8);
	} else {
		modrm = next(&c);
		if (!skip_operand(&c, modrm, address_bits(&p, mode)) || (f.immediate && (modrm >> 3 & 7) != 0))
			return false;
	}
	*out = (struct insn_access){
		.width = f.width ? f.width : operand,
		.reg = (u8)((modrm >> 3 & 7) | (p.rex & REX_R && !f.offset ? 8 : 0)),
		.reg_width = escaped || p.opcode == 0x63 ? operand
			     : f.width                   ? f.width
							 : operand,
		.write = f.write,
		.immediate = f.immediate,
		.sign_extend = f.sign_extend,
	};
	if (f.immediate) /* at most 4 bytes, sign-extended to 8 */
		out->value = (u64)(s64)(s32)next_value(&c, out->width == 8 ? 4 : out->width);
	/* Byte registers 4..7 without REX are the second bytes of 0..3. */
	if (out->width == 1 && !escaped && !f.immediate && !f.offset && !p.rex && out->reg >= 4) {
		out->reg = (u8)(out->reg - 4);
		out->high = true;
	}
	out->length = (u8)c.at;
	return !c.short_of;
}
