/* SPDX-License-Identifier: GPL-2.0-only */
/* image.c: the hypervisor's ELF file as plugin.c needs it: which bytes are code, where the vectors are, names. */
#ifndef BENCH_IMAGE_H
#define BENCH_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "isa.h"

struct image {
	const struct isa *isa;
	uint64_t base;    /* lowest linked address: offset 0 of the image */
	uint64_t size;    /* bytes up to the end of the last code section */
	uint64_t magic;   /* first word of the image */
	uint64_t vectors; /* offset of the exception vectors */
	uint64_t own;     /* from here to own_end: entries of exceptions of the hypervisor itself, if isa->own names them */
	uint64_t own_end;
	uint8_t *code; /* [size], zero where there is no code; then room for the longest instruction */
	bool *waits;   /* [size / unit]: part of a loop that waits */
	uint8_t *file; /* the whole ELF file, for names */
	uint64_t file_size;
};

/* NULL, or what is wrong with the file. */
const char *image_load(struct image *image, const struct isa *isa, const char *path, const char *vectors);
/* Offset of a symbol; false if there is none of this name. */
bool image_symbol(const struct image *image, const char *wanted, uint64_t *offset);
/* True if the code section holds this instruction of so many bytes at this offset. */
bool image_holds(const struct image *image, uint64_t offset, uint64_t opcode, uint64_t length);
/* True if the instruction belongs to the smallest loop around one that waits. */
bool image_waits(const struct image *image, uint64_t offset);
/* Name of the function this offset is in, or "?". */
const char *image_function(const struct image *image, uint64_t offset);
/* Appends lines "label<tab>executions<tab>name", one for each function that ran, and clears the counts. */
void image_profile(const struct image *image, uint64_t *count, FILE *out, unsigned int label);

#endif
