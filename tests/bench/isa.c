// SPDX-License-Identifier: GPL-2.0-only
/* One table per instruction set: where the hypervisor is entered, how it returns, calls and waits. */
#include "isa.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>

#include "mark.h"

/* Bits high..low of the opcode, moved to bit `to`. */
#define BITS(op, high, low, to) ((uint64_t)((op) >> (low) & ((2u << ((high) - (low))) - 1)) << (to))

static int64_t sign_extend(uint64_t value, unsigned int sign_bit)
{
	return (int64_t)(value << (63 - sign_bit)) >> (63 - sign_bit);
}

/* --- arm64 --- */

static const struct isa_op arm64_ops[] = {
	{ 0xffffffff, 0xd69f03e0, IS_RETURN },          /* eret */
	{ 0xfc000000, 0x94000000, IS_CALL },            /* bl */
	{ 0xfffffc1f, 0xd63f0000, IS_CALL },            /* blr */
	{ 0xffffffff, 0xd503203f, IS_PAUSE },           /* yield */
	{ 0xffffffff, 0xd503205f, IS_PAUSE },           /* wfe */
	{ 0xffffffff, 0xd503207f, IS_PAUSE | IS_PARK }, /* wfi */
	{ 0, 0, 0 },
};

static uint32_t arm64_length(const uint8_t *code)
{
	(void)code;
	return 4;
}

static int64_t arm64_branch(uint64_t op)
{
	if ((op & 0xfc000000) == 0x14000000)
		return sign_extend(BITS(op, 25, 0, 2), 27); /* b */
	if ((op & 0xff000010) == 0x54000000 || (op & 0x7e000000) == 0x34000000)
		return sign_extend(BITS(op, 23, 5, 2), 20); /* b.cond, cbz, cbnz */
	if ((op & 0x7e000000) == 0x36000000)
		return sign_extend(BITS(op, 18, 5, 2), 15); /* tbz, tbnz */
	return 0;
}

static int64_t arm64_call(uint64_t op)
{
	return (op & 0xfc000000) == 0x94000000 ? sign_extend(BITS(op, 25, 0, 2), 27) : 0;
}

/* --- riscv64 --- */

static const struct isa_op riscv_ops[] = {
	{ 0xffffffff, 0x10200073, IS_RETURN },          /* sret */
	{ 0x00000fff, 0x000000ef, IS_CALL },            /* jal ra */
	{ 0x00007fff, 0x000000e7, IS_CALL },            /* jalr ra */
	{ 0xffffffff, 0x0100000f, IS_PAUSE },           /* pause */
	{ 0xffffffff, 0x10500073, IS_PAUSE | IS_PARK }, /* wfi */
	{ 0, 0, 0 },
};

static uint32_t riscv_length(const uint8_t *code)
{
	return (code[0] & 3) == 3 ? 4 : 2;
}

static int64_t riscv_jal(uint64_t op)
{
	return sign_extend(BITS(op, 31, 31, 20) | BITS(op, 30, 21, 1) | BITS(op, 20, 20, 11) | BITS(op, 19, 12, 12), 20);
}

static int64_t riscv_call(uint64_t op)
{
	return (op & 0xfff) == 0x0ef ? riscv_jal(op) : 0;
}

static int64_t riscv_branch(uint64_t op)
{
	if ((op & 0xfff) == 0x06f) /* j */
		return riscv_jal(op);
	if ((op & 0x7f) == 0x63) /* beq, bne, blt, bge, bltu, bgeu */
		return sign_extend(BITS(op, 31, 31, 12) | BITS(op, 30, 25, 5) | BITS(op, 11, 8, 1) | BITS(op, 7, 7, 11), 12);
	if ((op & 0xe003) == 0xa001) /* c.j */
		return sign_extend(BITS(op, 12, 12, 11) | BITS(op, 11, 11, 4) | BITS(op, 10, 9, 8) | BITS(op, 8, 8, 10) |
					   BITS(op, 7, 7, 6) | BITS(op, 6, 6, 7) | BITS(op, 5, 3, 1) | BITS(op, 2, 2, 5),
				   11);
	if ((op & 0xc003) == 0xc001) /* c.beqz, c.bnez */
		return sign_extend(BITS(op, 12, 12, 8) | BITS(op, 11, 10, 3) | BITS(op, 6, 5, 6) | BITS(op, 4, 3, 1) | BITS(op, 2, 2, 5),
				   8);
	return 0;
}

/* --- x86-64; lengths are in isa_x86.c --- */

static const struct isa_op x86_ops[] = {
	{ 0xffffff, 0xd8010f, IS_RETURN },  /* vmrun */
	{ 0xffffff, 0xe0ff41, IS_RETURN },  /* jmp *%r8: back to the driver for good */
	{ 0xff, 0xe8, IS_CALL },            /* call */
	{ 0x38ff, 0x10ff, IS_CALL },        /* call *, without */
	{ 0x38fff0, 0x10ff40, IS_CALL },    /* and with REX */
	{ 0xffff, 0x90f3, IS_PAUSE },       /* pause */
	{ 0xff, 0xf4, IS_PAUSE | IS_PARK }, /* hlt */
	{ 0, 0, 0 },
};

static const struct isa table[] = {
	{
		.target = "aarch64",
		.vectors = "vectors",
		.machine = EM_AARCH64,
		.unit = 4,
		.vector_count = 16,
		.vectors_own = 8,
		.vector_size = 0x80,
		.vector_align = 0x800,
		.mark = MARK_OPCODE_ARM64,
		.mark_reply = MARK_REPLY_OPCODE_ARM64,
		.mark_mask = 0xffe0001f,
		.mark_shift = 5,
		.length = arm64_length,
		.branch = arm64_branch,
		.call = arm64_call,
		.ops = arm64_ops,
	},
	{
		.target = "riscv64",
		.vectors = "trap_entry",
		.machine = EM_RISCV,
		.unit = 2,
		.vector_count = 1,
		.vector_size = 4,
		.vector_align = 4,
		.mark = MARK_OPCODE_RISCV,
		.mark_reply = MARK_REPLY_OPCODE_RISCV,
		.mark_mask = 0x800fffff,
		.mark_shift = 20,
		.length = riscv_length,
		.branch = riscv_branch,
		.call = riscv_call,
		.ops = riscv_ops,
	},
	{
		.target = "x86_64",
		.vectors = "svm_exit",
		.own = "exception_stubs",
		.own_end = "exception_stubs_end",
		.own_size = 16,
		.machine = EM_X86_64,
		.unit = 1,
		.vector_count = 1,
		.vector_size = 1,
		.vector_align = 1,
		.mark = MARK_OPCODE_X86,
		.mark_reply = MARK_REPLY_OPCODE_X86,
		.mark_mask = 0xffff0000ffffff,
		.mark_shift = 24,
		.length = x86_length,
		.branch = x86_branch,
		.call = x86_call,
		.ops = x86_ops,
	},
};

const struct isa *isa_find(const char *target)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (!strcmp(table[i].target, target))
			return &table[i];
	}
	return NULL;
}

uint32_t isa_does(const struct isa *isa, uint64_t opcode)
{
	const struct isa_op *op;

	/* c.jalr: its register field must not be zero, which no mask says. */
	if (isa->unit == 2 && (opcode & 0xf07f) == 0x9002 && (opcode & 0xf80))
		return IS_CALL;
	for (op = isa->ops; op->mask; op++) {
		if ((opcode & op->mask) == op->value)
			return op->does;
	}
	return 0;
}
