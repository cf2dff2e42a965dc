/* SPDX-License-Identifier: GPL-2.0-only */
/* context.c: what a guest can see or leave behind in registers, and the HS-level controls we change, as tables. */
#ifndef ASM_CONTEXT_H
#define ASM_CONTEXT_H

#include <bulkhead/cell.h>
#include <bulkhead/cpu.h>

/* What these CPUs have; found by context_probe(), then immutable. */
struct context_features {
	bool sstc;
	bool stateen;
	bool fp;
	bool vector;
	bool zkr; /* the seed register can be read */
};
extern struct context_features context_features;

/* On the first CPU. -ENODEV with a log line: no H extension, no AIA. */
int __must_check context_probe(void);
/* Every VS and U register but the root's general ones: values of the reset table. Drops translations and fetched code. */
void context_reset(struct cpu *cpu);
/* HS controls for running this cell (or the root): hgatp, hstatus, henvcfg and the like. */
void context_enter(struct cpu *cpu, const struct cell *cell);
/* Saves the HS controls found, moves the supervisor's registers to the VS ones and sets our own; and the way back. */
void context_save_native(struct cpu *cpu);
void context_restore_native(struct cpu *cpu);
/* The CPU's guest state is quiet: no timer, no pending interrupt. */
void context_quiesce(void);

/* context_asm.S */
void context_reset_fp(void);
void context_reset_vector(void);
u64 context_read_vlenb(u64 argument);

#endif
