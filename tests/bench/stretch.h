/* SPDX-License-Identifier: GPL-2.0-only */
/* stretch.c: what a stretch of instructions was spent on: samples of it, and the chain of calls that most of them show. */
#ifndef BENCH_STRETCH_H
#define BENCH_STRETCH_H

#include <stdint.h>
#include <stdio.h>

#include "image.h"

#define STRETCH_DEPTH 6 /* callers, the outermost first */
#define STRETCH_SAMPLES 128

struct stretch {
	uint32_t count, every, until;
	uint32_t sample[STRETCH_SAMPLES][STRETCH_DEPTH + 1]; /* offsets: where calls return to, last the instruction; 0: none */
};

void stretch_begin(struct stretch *s);
/* One instruction at this offset; the calls it is in return to back[]. */
void stretch_step(struct stretch *s, uint64_t offset, const uint64_t *back, uint32_t calls);
/* "PERCENT<tab>OUTER>...>INNER": how much of it the commonest chain was. */
void stretch_print(const struct stretch *s, const struct image *image, FILE *out);

#endif
