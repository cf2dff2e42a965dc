/* SPDX-License-Identifier: GPL-2.0-only */
/* insn.c: one encoding, decoded by the hypervisor and by a disassembler. */
#ifndef FUZZ_INSN_H
#define FUZZ_INSN_H

#include <bulkhead/types.h>

#define INSN_MODES 3 /* 16, 32 and 64 bits */

/* 1: the hypervisor decodes it, and both say the same; 0: it does not; -1: they differ, which is told. bytes: INSN_MAX of them. */
int insn_compare(u32 mode, const u8 *bytes);

#endif
