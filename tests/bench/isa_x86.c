// SPDX-License-Identifier: GPL-2.0-only
/* x86-64: the length of instructions, as far as code without vector registers goes, and jumps. AMD APM vol. 3, appendix A. */
#include "isa.h"

/*
 * What follows an opcode byte. . nothing; b, w, d: an immediate of 8, 16, 32 bits (d: 16 with prefix 66); v: d, or 64 bits with REX.W;
 * q: an address; e: 3 bytes; m: ModRM; M, D: ModRM and b or d; g, G: the same if its register field is 0 or 1. p, r: a prefix;
 * x: an escape.
 */
static const char one_byte[] = "mmmmbd..mmmmbd.x"
			       "mmmmbd..mmmmbd.."
			       "mmmmbdp.mmmmbdp."
			       "mmmmbdp.mmmmbdp."
			       "rrrrrrrrrrrrrrrr"
			       "................"
			       "...mppppdDbM...."
			       "bbbbbbbbbbbbbbbb"
			       "MDMMmmmmmmmmmmmm"
			       "................"
			       "qqqq....bd......"
			       "bbbbbbbbvvvvvvvv"
			       "MMw.mmMDe.w..b.."
			       "mmmmbb..mmmmmmmm"
			       "bbbbbbbbdd.b...."
			       "p.pp..gG......mm";
/* Behind 0f. t, T: another opcode byte, then as m or M. */
static const char two_bytes[] = "mmmm.........m.M"
				"mmmmmmmmmmmmmmmm"
				"mmmmmmmmmmmmmmmm"
				"........t.T....."
				"mmmmmmmmmmmmmmmm"
				"mmmmmmmmmmmmmmmm"
				"mmmmmmmmmmmmmmmm"
				"MMMMmmm.mmmmmmmm"
				"dddddddddddddddd"
				"mmmmmmmmmmmmmmmm"
				"...mMm.....mMmmm"
				"mmmmmmmmmmMmmmmm"
				"mmMmMMMm........"
				"mmmmmmmmmmmmmmmm"
				"mmmmmmmmmmmmmmmm"
				"mmmmmmmmmmmmmmmm";

/* ModRM and what it brings: a SIB byte, a displacement. */
static uint32_t operand_length(const uint8_t *code)
{
	uint32_t mode = code[0] >> 6, base = code[0] & 7, length = 1;

	if (mode == 3)
		return length;
	if (base == 4) {
		length++;
		base = code[1] & 7;
	}
	if (mode == 0)
		return base == 5 ? length + 4 : length;
	return length + (mode == 1 ? 1 : 4);
}

uint32_t x86_length(const uint8_t *code)
{
	const uint8_t *at = code;
	bool wide = false, word = false;
	uint32_t immediate;
	char kind;

	while ((kind = one_byte[*at]) == 'p' || kind == 'r') {
		wide = kind == 'r' && *at & 8;
		word = word || *at == 0x66;
		if (++at - code == X86_LENGTH_MAX)
			return 1;
	}
	at++;
	if (kind == 'x')
		kind = two_bytes[*at++];
	if (kind == 't' || kind == 'T') {
		at++;
		kind = kind == 't' ? 'm' : 'M';
	}
	immediate = word ? 2 : 4;
	if (kind == 'g' || kind == 'G')
		kind = (*at >> 3 & 7) > 1 ? 'm' : kind == 'g' ? 'M' : 'D';
	switch (kind) {
	case 'b': return (uint32_t)(at - code) + 1;
	case 'w': return (uint32_t)(at - code) + 2;
	case 'e': return (uint32_t)(at - code) + 3;
	case 'd': return (uint32_t)(at - code) + immediate;
	case 'v': return (uint32_t)(at - code) + (wide ? 8 : immediate);
	case 'q': return (uint32_t)(at - code) + 8;
	case 'm': return (uint32_t)(at - code) + operand_length(at);
	case 'M': return (uint32_t)(at - code) + operand_length(at) + 1;
	case 'D': return (uint32_t)(at - code) + operand_length(at) + immediate;
	default: return (uint32_t)(at - code);
	}
}

int64_t x86_call(uint64_t op)
{
	return (op & 0xff) == 0xe8 ? (int32_t)(op >> 8) + 5 : 0;
}

int64_t x86_branch(uint64_t op)
{
	if ((op & 0xff) == 0xeb || (op & 0xf0) == 0x70)
		return (int8_t)(op >> 8) + 2;
	if ((op & 0xff) == 0xe9)
		return (int32_t)(op >> 8) + 5;
	if ((op & 0xf0ff) == 0x800f)
		return (int32_t)(op >> 16) + 6;
	return 0;
}
