// SPDX-License-Identifier: GPL-2.0-only
/*
 * The x86 decoder against a disassembler that others wrote: wherever ours says what an instruction does to memory, the library has to
 * say the same: length, width, direction, register, immediate, extension. Not the other way round: ours decodes plain moves only.
 * libFuzzer target: the first byte chooses the mode, the rest is the encoding.
 */
#include "insn.h"

#include <capstone/capstone.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/insn.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

static csh handle_of(u32 mode)
{
	static const cs_mode cs_modes[INSN_MODES] = { CS_MODE_16, CS_MODE_32, CS_MODE_64 };
	static csh handles[INSN_MODES];

	if (handles[mode] == 0 && (cs_open(CS_ARCH_X86, cs_modes[mode], &handles[mode]) != CS_ERR_OK ||
				   cs_option(handles[mode], CS_OPT_DETAIL, CS_OPT_ON) != CS_ERR_OK))
		abort();
	return handles[mode];
}

int insn_compare(u32 mode, const u8 *bytes)
{
	static const u32 modes[INSN_MODES] = { INSN_16, INSN_32, INSN_64 };
	csh handle = handle_of(mode);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u8 bytes[INSN_MAX] = { 0 };

	if (size < 1)
		return 0;
	memcpy(bytes, data + 1, size - 1 < INSN_MAX ? size - 1 : INSN_MAX);
	if (insn_compare(data[0] % INSN_MODES, bytes) < 0)
		abort();
	return 0;
}
