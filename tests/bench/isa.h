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

/* Instructions are compared by their first bytes, as a little-endian number: `opcode`. */
struct isa_op {
	uint64_t mask;
	uint64_t value;
	uint32_t does;
};

struct isa {
	const char *target;  /* QEMU's name */
	const char *vectors; /* usual symbol of the exception vectors, or of what a guest's exit goes on with */
	const char *own;     /* NULL, or symbol of the entries of exceptions of the hypervisor itself, if they are elsewhere */
	const char *own_end;
	uint16_t machine;      /* of the ELF header */
	uint16_t unit;         /* every instruction starts at a multiple */
	uint32_t vector_count; /* the first vectors_own of them are for exceptions of the hypervisor itself; 0: one for all */
	uint32_t vectors_own;
	uint32_t vector_size;
	uint32_t vector_align; /* of the first */
	uint32_t own_size;     /* of one entry from own on */
	uint64_t mark;         /* opcodes of marks, see mark.h */
	uint64_t mark_reply;
	uint64_t mark_mask;
	uint32_t mark_shift;
	/* Length of an instruction; as many bytes as the longest has can be read. */
	uint32_t (*length)(const uint8_t *code);
	/* Distance in bytes if this is a branch that does not set the link register, else 0. */
	int64_t (*branch)(uint64_t opcode);
	/* The same of a call whose target is in it. */
	int64_t (*call)(uint64_t opcode);
	const struct isa_op *ops;
};

/* NULL if there is none for a QEMU of this name. */
const struct isa *isa_find(const char *target);
/* Flags IS_*. */
uint32_t isa_does(const struct isa *isa, uint64_t opcode);

#define X86_LENGTH_MAX 15 /* no other has longer ones */
/* isa_x86.c */
uint32_t x86_length(const uint8_t *code);
int64_t x86_branch(uint64_t opcode);
int64_t x86_call(uint64_t opcode);

#endif
