/* SPDX-License-Identifier: BSD-2-Clause */
/* inmate.c and rows-ARCH.c: a row is one thing done COUNT times between two marks; rows-ARCH.tsv says what row n is. */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include "inmate.h"
#include "mark.h"

#define COUNT 64

#define ROW(n, action)                                           \
	do {                                                     \
		MARK(256 + 2 * (n));                             \
		for (u32 count_ = 0; count_ < COUNT; count_++) { \
			action;                                  \
		}                                                \
		MARK(257 + 2 * (n));                             \
	} while (0)

/* Rows below 32 are those of both architectures. */
enum { ROW_NULL = 0, ROW_IPI = 1, ROW_TIMER = 2, ROW_CONSOLE = 3, ROW_ARCH = 32 };

/* rows-ARCH.c: rows from ROW_ARCH on; and what a waiting loop does. */
void arch_rows(void);
void arch_relax(void);
/* What the second CPU does for a row of arch_rows(), in a loop. */
void arch_other(void);

#endif
