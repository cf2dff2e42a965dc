/* SPDX-License-Identifier: GPL-2.0-only */
/* isa.c: what plugin.c and image.c must know of an instruction set. */
#ifndef BENCH_ISA_H
#define BENCH_ISA_H

#include <stdbool.h>
#include <stdint.h>

/* What an instruction does besides being counted. */
enum {
	IS_RETURN = 1, /* from the hypervisor to a guest */
	IS_CALL = 2,
	IS_PAUSE = 4, /* part of a loop that waits */
	IS_PARK = 8   /* the same, and this CPU waits for good */
};

struct isa_op {
	uint32_t mask;
	uint32_t value;
	uint32_t does;
};

struct isa {
	const char *target;    /* QEMU's name */
	const char *vectors;   /* usual symbol of the exception vectors */
	uint16_t machine;      /* of the ELF header */
	uint16_t unit;         /* every instruction starts at a multiple */
	uint32_t vector_count; /* the first vectors_own of them are for exceptions of the hypervisor itself; 0: one for all */
	uint32_t vectors_own;
	uint32_t vector_size;
	uint32_t vector_align; /* of the first */
	uint32_t mark;         /* opcodes of marks, see mark.h */
	uint32_t mark_reply;
	uint32_t mark_mask;
	uint32_t mark_shift;
	/* Length of an instruction, of which the first bytes are given. */
	uint32_t (*length)(uint32_t opcode);
	/* Distance in bytes if this is a branch that does not set the link register, else 0. */
	int64_t (*branch)(uint32_t opcode);
	const struct isa_op *ops;
};

/* NULL if there is none for a QEMU of this name. */
const struct isa *isa_find(const char *target);
/* Flags IS_*. */
uint32_t isa_does(const struct isa *isa, uint32_t opcode);

#endif
