/* SPDX-License-Identifier: GPL-2.0-only */
/* isa.c: what a RISC-V hart's node says it can do, and what of it a cell is told. */
#ifndef CELLCTL_ISA_H
#define CELLCTL_ISA_H

#include "tree.h"

/* In riscv,isa-extensions, or where that is absent in riscv,isa. name: small letters. */
bool isa_has(const struct tree *tree, int node, const char *name);
/* riscv,isa-extensions and riscv,isa without what cells may not use. Empty, NULL: the node has no such property. */
struct bytes isa_guest_extensions(const struct tree *tree, int node);
const char *isa_guest_string(const struct tree *tree, int node);

#endif
