/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions in assembly: symbol, type, size. */
#ifndef BULKHEAD_ASM_H
#define BULKHEAD_ASM_H

#define FUNC_LOCAL(name)      \
	.text;                \
	.balign 4;            \
	.type name, STT_FUNC; \
	name:
#define FUNC(name)   \
	.globl name; \
	FUNC_LOCAL(name)
#define END_FUNC(name) .size name, .- name

#endif
