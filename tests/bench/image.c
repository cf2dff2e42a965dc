// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the hypervisor's ELF file. The file comes from our own linker, but a wrong one must be named, not crash QEMU:
 * every offset is checked against the file's size.
 */
#include "image.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOP_MAX 32   /* instructions */
#define PAUSES_MAX 16 /* bytes: a function that does little else, called in a loop of another */

static uint8_t *file_read(const char *path, uint64_t *size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = NULL;
	long length;

	if (!f)
		return NULL;
	if (!fseek(f, 0, SEEK_END) && (length = ftell(f)) > 0 && !fseek(f, 0, SEEK_SET)) {
		bytes = calloc(1, (size_t)length + 1); /* ends with a NUL: names cannot run out of the file */
		*size = (uint64_t)length;
		if (bytes && fread(bytes, 1, (size_t)length, f) != (size_t)length) {
			free(bytes);
			bytes = NULL;
		}
	}
	fclose(f);
	return bytes;
}

static bool inside(const struct image *image, uint64_t offset, uint64_t size)
{
	return offset <= image->file_size && size <= image->file_size - offset;
}

static const Elf64_Ehdr *header(const struct image *image)
{
	return (const Elf64_Ehdr *)image->file;
}

/* NULL behind the last one, or if it is not all inside the file. */
static const Elf64_Shdr *section(const struct image *image, unsigned int index)
{
	const Elf64_Ehdr *e = header(image);
	uint64_t at = e->e_shoff + (uint64_t)index * sizeof(Elf64_Shdr);
	const Elf64_Shdr *s;

	if (index >= e->e_shnum || !inside(image, at, sizeof(*s)))
		return NULL;
	s = (const Elf64_Shdr *)(image->file + at);
	return s->sh_type == SHT_NOBITS || inside(image, s->sh_offset, s->sh_size) ? s : NULL;
}

static bool is_code(const Elf64_Shdr *s)
{
	return s->sh_type == SHT_PROGBITS && (s->sh_flags & (SHF_ALLOC | SHF_EXECINSTR)) == (SHF_ALLOC | SHF_EXECINSTR);
}

static const Elf64_Sym *symbols(const struct image *image, uint64_t *count, const char **names)
{
	const Elf64_Shdr *s, *strings;
	unsigned int i;

	for (i = 0; (s = section(image, i)); i++) {
		if (s->sh_type != SHT_SYMTAB || !(strings = section(image, s->sh_link)))
			continue;
		*count = s->sh_size / sizeof(Elf64_Sym);
		*names = (const char *)image->file + strings->sh_offset;
		return (const Elf64_Sym *)(image->file + s->sh_offset);
	}
	*count = 0;
	return NULL;
}

static const char *name_of(const struct image *image, const char *names, const Elf64_Sym *symbol)
{
	const char *name = names + symbol->st_name;

	return (const uint8_t *)name < image->file + image->file_size ? name : "";
}

bool image_symbol(const struct image *image, const char *wanted, uint64_t *offset)
{
	const char *names;
	uint64_t count, i;
	const Elf64_Sym *symbol = symbols(image, &count, &names);

	for (i = 0; i < count; i++) {
		if (symbol[i].st_shndx != SHN_UNDEF && !strcmp(name_of(image, names, &symbol[i]), wanted)) {
			*offset = symbol[i].st_value - image->base;
			return true;
		}
	}
	return false;
}

static uint64_t opcode_at(const struct image *image, uint64_t offset)
{
	uint64_t opcode = 0;

	memcpy(&opcode, image->code + offset, image->isa->unit == 1 ? 8 : 4);
	return opcode;
}

static const char *load_code(struct image *image)
{
	const Elf64_Shdr *s;
	unsigned int i;

	image->base = UINT64_MAX;
	for (i = 0; (s = section(image, i)); i++) {
		if (s->sh_flags & SHF_ALLOC && s->sh_type == SHT_PROGBITS && s->sh_addr < image->base) {
			image->base = s->sh_addr;
			if (s->sh_size >= sizeof(image->magic))
				memcpy(&image->magic, image->file + s->sh_offset, sizeof(image->magic));
		}
	}
	for (i = 0; (s = section(image, i)); i++) {
		if (is_code(s) && s->sh_addr + s->sh_size - image->base > image->size)
			image->size = s->sh_addr + s->sh_size - image->base;
	}
	if (!image->size || image->size > 16u << 20)
		return "holds no code, or more than 16 MiB";
	image->code = calloc(1, image->size + X86_LENGTH_MAX);
	if (!image->code)
		return "out of memory";
	for (i = 0; (s = section(image, i)); i++) {
		if (is_code(s))
			memcpy(image->code + (s->sh_addr - image->base), image->file + s->sh_offset, s->sh_size);
	}
	return NULL;
}

/* The instruction at offset waits: so does the smallest loop around it, which is rarely long. False: it is in none. */
static bool find_loop(struct image *image, uint64_t offset)
{
	const struct isa *isa = image->isa;
	uint64_t end, start, at;
	int64_t distance;

	image->waits[offset / isa->unit] = true;
	for (end = offset; end < image->size && end < offset + 4 * LOOP_MAX; end += isa->length(image->code + end)) {
		distance = isa->branch(opcode_at(image, end));
		start = end + (uint64_t)distance;
		if (distance >= 0 || start > offset || end - start > 4 * LOOP_MAX)
			continue;
		for (at = start; at <= end; at += isa->unit)
			image->waits[at / isa->unit] = true;
		return true;
	}
	return false;
}

/* Where functions start: an instruction does, too, whatever stands before. */
static void find_starts(const struct image *image, bool *starts)
{
	const char *names;
	uint64_t count, i;
	const Elf64_Sym *symbol = symbols(image, &count, &names);

	for (i = 0; i < count; i++) {
		if (ELF64_ST_TYPE(symbol[i].st_info) == STT_FUNC && symbol[i].st_value - image->base < image->size)
			starts[symbol[i].st_value - image->base] = true;
	}
}

/* Where instructions start at any byte, they are followed one by one. */
static uint64_t next(const struct image *image, const bool *starts, uint64_t at)
{
	uint64_t end = at + (image->isa->unit == 1 ? image->isa->length(image->code + at) : image->isa->unit);

	while (++at < end && at < image->size && !starts[at])
		;
	return image->isa->unit == 1 ? at : end;
}

static const char *find_waits(struct image *image)
{
	const struct isa *isa = image->isa;
	bool *starts = calloc(image->size + 1, sizeof(bool)), *pauses = calloc(image->size + 1, sizeof(bool));
	uint64_t at, function = 0;

	image->waits = calloc(image->size / isa->unit + 1, sizeof(bool));
	if (!image->waits || !starts || !pauses)
		return "out of memory";
	find_starts(image, starts);
	for (at = 0; at < image->size; at = next(image, starts, at)) {
		uint32_t does = isa_does(isa, opcode_at(image, at));

		function = starts[at] ? at : function;
		if (does & IS_PAUSE && !find_loop(image, at) && !(does & IS_PARK) && at - function < PAUSES_MAX)
			pauses[function] = true;
	}
	for (at = 0; at < image->size; at = next(image, starts, at)) {
		uint64_t target = at + (uint64_t)isa->call(opcode_at(image, at));

		if (target != at && target < image->size && pauses[target])
			find_loop(image, at);
	}
	free(starts);
	free(pauses);
	return NULL;
}

const char *image_load(struct image *image, const struct isa *isa, const char *path, const char *vectors)
{
	const Elf64_Ehdr *e;
	const char *error;

	image->isa = isa;
	image->file = file_read(path, &image->file_size);
	if (!image->file)
		return "cannot be read";
	e = header(image);
	if (image->file_size < sizeof(*e) || memcmp(e->e_ident, ELFMAG, SELFMAG) || e->e_ident[EI_CLASS] != ELFCLASS64)
		return "is not a 64-bit ELF file";
	if (e->e_machine != isa->machine || e->e_shentsize != sizeof(Elf64_Shdr))
		return "is not for this QEMU's architecture";
	error = load_code(image);
	if (error)
		return error;
	if (!image_symbol(image, vectors, &image->vectors) || image->vectors % isa->vector_align)
		return "has no aligned symbol of the exception vectors";
	if (isa->own && !(image_symbol(image, isa->own, &image->own) && image_symbol(image, isa->own_end, &image->own_end)))
		return "does not say where its own exceptions enter";
	if (!image->magic)
		return "does not start with a magic number";
	return find_waits(image);
}

bool image_holds(const struct image *image, uint64_t offset, uint64_t opcode, uint64_t length)
{
	return offset % image->isa->unit == 0 && offset + length <= image->size && opcode &&
	       !memcmp(image->code + offset, &opcode, length < sizeof(opcode) ? length : sizeof(opcode));
}

bool image_waits(const struct image *image, uint64_t offset)
{
	return offset < image->size && image->waits[offset / image->isa->unit];
}

const char *image_function(const struct image *image, uint64_t offset)
{
	const char *names, *name, *found = "?";
	uint64_t count, i, start = 0;
	const Elf64_Sym *symbol = symbols(image, &count, &names);

	for (i = 0; i < count; i++) {
		uint64_t at = symbol[i].st_value - image->base;

		name = name_of(image, names, &symbol[i]);
		if (symbol[i].st_shndx == SHN_UNDEF || at > offset || at < start || !*name || *name == '$' || *name == '.')
			continue;
		if (at == start && ELF64_ST_TYPE(symbol[i].st_info) != STT_FUNC)
			continue;
		start = at;
		found = name;
	}
	return found;
}

/* The name that starts at this offset, or NULL. */
static const char *name_at(const struct image *image, uint64_t offset)
{
	const char *names, *name;
	uint64_t count, i;
	const Elf64_Sym *symbol = symbols(image, &count, &names);

	for (i = 0; i < count; i++) {
		if (symbol[i].st_value != image->base + offset || symbol[i].st_shndx == SHN_UNDEF)
			continue;
		name = name_of(image, names, &symbol[i]);
		if (*name && *name != '$' && *name != '.')
			return name;
	}
	return NULL;
}

void image_profile(const struct image *image, uint64_t *count, FILE *out, unsigned int label)
{
	const char *owner = "?", *name;
	uint64_t at, sum = 0;

	for (at = 0; at < image->size; at += image->isa->unit) {
		name = name_at(image, at);
		if (name && sum)
			fprintf(out, "%u\t%" PRIu64 "\t%s\n", label, sum, owner);
		if (name) {
			owner = name;
			sum = 0;
		}
		sum += count[at / image->isa->unit];
		count[at / image->isa->unit] = 0;
	}
	if (sum)
		fprintf(out, "%u\t%" PRIu64 "\t%s\n", label, sum, owner);
	fflush(out);
}
