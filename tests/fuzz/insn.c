// SPDX-License-Identifier: GPL-2.0-only
/*
 * The x86 decoder against a disassembler that others wrote: wherever ours says what an instruction does to memory, the library has to
 * say the same: length, width, direction, register, immediate, extension. Not the other way round: ours decodes plain moves only.
 *
 * usage: insn SEED COUNT   random encodings, most of them around the opcodes that are decoded
 */
#include <capstone/capstone.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/insn.h>

static u64 seed;
static const u32 modes[] = { INSN_16, INSN_32, INSN_64 };
static const cs_mode cs_modes[] = { CS_MODE_16, CS_MODE_32, CS_MODE_64 };

static u32 random_below(u32 n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(seed >> 33) % n;
}

static void generate(u8 *bytes)
{
	static const u8 prefixes[] = { 0x66, 0x67, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3 };
	static const u8 opcodes[] = { 0x88, 0x89, 0x8a, 0x8b, 0xa0, 0xa1, 0xa2, 0xa3, 0xc6, 0xc7, 0x63, 0x0f, 0x0f, 0x0f };
	u32 n = 0;

	for (u32 i = 0; i < INSN_MAX; i++)
		bytes[i] = (u8)random_below(256);
	for (u32 count = random_below(4); n < count;)
		bytes[n++] = prefixes[random_below(sizeof(prefixes))];
	if (random_below(2))
		bytes[n++] = (u8)(0x40 | random_below(16));
	if (random_below(8) == 0)
		return;
	bytes[n] = opcodes[random_below(sizeof(opcodes))];
	if (bytes[n++] == 0x0f && random_below(4))
		bytes[n++] = (u8)(0xb6 | (random_below(2) ? 8 : 0) | random_below(2));
	if (bytes[n - 1] >= 0xc6 && random_below(4)) /* /0 */
		bytes[n] &= 0xc7;
}

/* A general register by its name: number, bytes, and whether it is the second byte of one of four. False: none. */
static bool register_of(csh handle, x86_reg reg, u32 *number, u32 *width, bool *high)
{
	static const char *const names[] = { "ax", "cx", "dx", "bx", "sp", "bp", "si", "di" };
	const char *name = cs_reg_name(handle, reg);
	char core[8];
	u32 n = 0;

	if (name == NULL || strlen(name) >= sizeof(core))
		return false;
	*high = false;
	if (name[0] == 'r' && name[1] >= '0' && name[1] <= '9') {
		char *end;

		*number = (u32)strtoul(name + 1, &end, 10);
		*width = *end == 'd' ? 4 : *end == 'w' ? 2 : *end == 'b' ? 1 : 8;
		return true;
	}
	strcpy(core, name);
	*width = core[0] == 'r' ? 8 : core[0] == 'e' ? 4 : 2;
	if (*width != 2)
		memmove(core, core + 1, strlen(core));
	size_t length = strlen(core);
	if (core[length - 1] == 'l' || core[length - 1] == 'h') { /* al, ah, spl */
		*width = 1;
		*high = core[length - 1] == 'h';
		core[length - 1] = length == 2 ? 'x' : 0;
	}
	for (; n < 8; n++) {
		if (strcmp(core, names[n]) == 0) {
			*number = n;
			return true;
		}
	}
	return false;
}

/* What differs; NULL: nothing. */
static const char *compare(csh handle, const cs_insn *insn, const struct insn_access *a)
{
	const cs_x86 *x86 = &insn->detail->x86;
	u64 mask = a->width == 8 ? ~0ull : (1ull << 8 * a->width) - 1;
	u32 number, width;
	bool high;

	if (insn->size != a->length)
		return "length";
	if (x86->op_count != 2 || (x86->operands[0].type == X86_OP_MEM) == (x86->operands[1].type == X86_OP_MEM))
		return "no move of memory";
	const cs_x86_op *memory = &x86->operands[x86->operands[0].type == X86_OP_MEM ? 0 : 1];
	const cs_x86_op *other = &x86->operands[x86->operands[0].type == X86_OP_MEM ? 1 : 0];

	if (a->write != (memory == &x86->operands[0]))
		return "direction";
	if (memory->size != a->width)
		return "width of memory";
	if (a->sign_extend != (insn->id == X86_INS_MOVSX || insn->id == X86_INS_MOVSXD))
		return "sign extension";
	if (!a->sign_extend && insn->id != X86_INS_MOV && insn->id != X86_INS_MOVABS && insn->id != X86_INS_MOVZX)
		return "no move";
	if (a->immediate != (other->type == X86_OP_IMM))
		return "immediate";
	if (a->immediate)
		return ((u64)other->imm ^ a->value) & mask ? "value" : NULL;
	if (!register_of(handle, other->reg, &number, &width, &high))
		return "no general register";
	if (number != a->reg || high != a->high)
		return "register";
	return width != a->reg_width ? "width of register" : NULL;
}

/* 1, it was accepted; 0, not; -1, they differ. */
static int one(csh handle, u32 mode, const u8 *bytes)
{
	struct insn_access access;
	cs_insn *insn;
	const char *differs = "the library knows no such instruction";

	if (!insn_decode(bytes, INSN_MAX, (enum insn_mode)modes[mode], &access))
		return 0;
	size_t count = cs_disasm(handle, bytes, INSN_MAX, 0, 1, &insn);
	if (count == 1)
		differs = compare(handle, insn, &access);
	if (differs != NULL) {
		printf("# %u bits:", modes[mode]);
		for (u32 i = 0; i < access.length; i++)
			printf(" %02x", bytes[i]);
		printf(": %s; %s %s\n", differs, count == 1 ? insn->mnemonic : "", count == 1 ? insn->op_str : "");
	}
	if (count == 1)
		cs_free(insn, count);
	return differs == NULL ? 1 : -1;
}

int main(int argc, char **argv)
{
	u32 accepted = 0, differ = 0, count = argc > 2 ? (u32)strtoul(argv[2], NULL, 0) : 0;
	csh handles[3];

	if (argc != 3)
		return fprintf(stderr, "usage: insn SEED COUNT\n"), 2;
	seed = strtoull(argv[1], NULL, 0);
	for (u32 i = 0; i < 3; i++)
		if (cs_open(CS_ARCH_X86, cs_modes[i], &handles[i]) != CS_ERR_OK ||
		    cs_option(handles[i], CS_OPT_DETAIL, CS_OPT_ON) != CS_ERR_OK)
			return fprintf(stderr, "insn: the library does not start\n"), 2;
	for (u32 i = 0; i < count && differ < 20; i++) {
		u8 bytes[INSN_MAX];
		u32 mode = random_below(3);

		generate(bytes);
		int result = one(handles[mode], mode, bytes);
		accepted += result == 1;
		differ += result < 0;
	}
	for (u32 i = 0; i < 3; i++)
		cs_close(&handles[i]);
	printf("# %u encodings, %u decoded by both\n", count, accepted);
	return differ != 0 || accepted < count / 20;
}
