// SPDX-License-Identifier: GPL-2.0-only
/*
 * Places what a cell loads. Linux Image: 2 MiB aligned at the start of the first memory, initrd and device tree at its end.
 * ELF: by physical addresses. Anything else is raw: at the first memory, or where the user says.
 */
#include "layout.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGE_ALIGN (2ull << 20)

int file_map(const char *path, struct bytes *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p = MAP_FAILED;
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size <= 0)
		err = S_ISDIR(st.st_mode) ? -EISDIR : -ENODATA;
	else
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (!err && p == MAP_FAILED)
		err = -errno;
	close(fd);
	if (!err)
		*out = (struct bytes){ .data = p, .size = (size_t)st.st_size };
	return err;
}

int layout_problem_set(struct layout_problem *problem, const char *id, const char *what, const char *fix)
{
	*problem = (struct layout_problem){ .id = id, .what = what, .fix = fix };
	return -EINVAL;
}

static bool inside_memory(const struct cell *cell, struct range r)
{
	/* A piece may cross from one memory node into the next; nobody writes such files, so one must hold it. */
	for (u32 i = 0; i < cell->memory_count; i++)
		if (range_ok(r) && range_ok(cell->memory[i].range) && range_contains(cell->memory[i].range, r))
			return true;
	return false;
}

int layout_piece(struct layout *l, const char *what, struct range r, const u8 *data, struct layout_problem *problem)
{
	if (!r.size)
		return 0;
	if (l->count == LAYOUT_MAX_PIECES)
		return layout_problem_set(problem, "file-format", "the kernel has more segments than cellctl loads",
					  mem_format("link it into at most %u segments", LAYOUT_MAX_PIECES / 2));
	l->pieces[l->count++] = (struct piece){ .what = what, .range = r, .data = data };
	return 0;
}

static const char *megabytes(u64 size)
{
	return mem_format("SIZE_MiB(%llu)", (unsigned long long)((size + (1 << 20) - 1) >> 20));
}

/* --- ELF ------------------------------------------------------------------------------------------------------------------- */

static int add_segment(const struct cell *cell, const char *path, struct bytes file, const Elf64_Phdr *p, struct layout *l,
		       struct layout_problem *problem)
{
	struct range r = range_make(p->p_paddr, p->p_memsz);
	int err;

	if (p->p_filesz > p->p_memsz || p->p_offset > file.size || p->p_filesz > file.size - p->p_offset)
		return layout_problem_set(problem, "file-format", mem_format("'%s' is a damaged ELF file", path), "build it again");
	if (!inside_memory(cell, r))
		return layout_problem_set(problem, "file-outside",
					  mem_format("segment 0x%llx-0x%llx of '%s' is outside the cell's memory",
						     (unsigned long long)r.start, (unsigned long long)(r.start + r.size), path),
					  "link it for the cell's memory, or change memory@");
	err = layout_piece(l, "kernel", range_make(r.start, p->p_filesz), file.data + p->p_offset, problem);
	return err ? err : layout_piece(l, "zeros", range_make(r.start + p->p_filesz, r.size - p->p_filesz), NULL, problem);
}

static int layout_elf(const struct cell *cell, const char *path, struct bytes file, struct layout *l, struct layout_problem *problem)
{
	const struct board_arch *arch = cell->board->arch;
	Elf64_Ehdr eh;
	u64 entry;

	memcpy(&eh, file.data, sizeof(eh));
	if (eh.e_ident[EI_CLASS] != ELFCLASS64 || eh.e_ident[EI_DATA] != ELFDATA2LSB || eh.e_machine != arch->elf_machine)
		return layout_problem_set(problem, "file-format",
					  mem_format("'%s' is an ELF file, but not for %s, little-endian", path, arch->cpu_name),
					  mem_format("build it for %s", arch->machine));
	if (eh.e_phentsize != sizeof(Elf64_Phdr) || !eh.e_phnum || eh.e_phoff > file.size ||
	    eh.e_phnum > (file.size - eh.e_phoff) / sizeof(Elf64_Phdr))
		return layout_problem_set(problem, "file-format", mem_format("'%s' is an ELF file without program headers", path),
					  "link it to an executable");
	entry = eh.e_entry;
	for (u32 i = 0; i < eh.e_phnum; i++) {
		Elf64_Phdr p;
		int err;

		memcpy(&p, file.data + eh.e_phoff + i * sizeof(p), sizeof(p));
		if (p.p_type != PT_LOAD || !p.p_memsz)
			continue;
		err = add_segment(cell, path, file, &p, l, problem);
		if (err)
			return err;
		/* The MMU is off at entry: the entry point is wanted where it is loaded. */
		if (eh.e_entry >= p.p_vaddr && eh.e_entry - p.p_vaddr < p.p_memsz)
			entry = p.p_paddr + (eh.e_entry - p.p_vaddr);
	}
	l->kind = IMAGE_ELF;
	l->entry = entry;
	l->argument = cell->comm_gpa;
	if (!inside_memory(cell, range_make(entry, 4)))
		return layout_problem_set(problem, "file-outside", mem_format("the entry point of '%s' is outside the cell's memory", path),
					  "link it for the cell's memory");
	return 0;
}

/* --- Linux ----------------------------------------------------------------------------------------------------------------- */

static int layout_linux(const struct cell *cell, const char *path, struct bytes file, struct layout *l, struct layout_problem *problem)
{
	const struct board_arch *arch = cell->board->arch;
	struct range memory = cell->memory[0].range, kernel;
	u64 offset, size, base;

	memcpy(&offset, file.data + 8, 8);
	memcpy(&size, file.data + 16, 8);
	if (!size) { /* before Linux 3.17 the header did not say */
		offset = arch->image_offset_unsaid;
		size = file.size;
	}
	base = (memory.start + IMAGE_ALIGN - 1) & ~(IMAGE_ALIGN - 1);
	if (size < file.size)
		size = file.size;
	if (offset >= arch->image_offset_end || offset & (arch->image_offset_align - 1) || size > (1ull << 32))
		return layout_problem_set(problem, "file-format", mem_format("'%s' has a damaged Image header", path),
					  "copy or build it again");
	kernel = range_make(base + offset, size);
	if (!range_contains(memory, kernel))
		return layout_problem_set(
			problem, "file-too-big",
			mem_format("'%s' needs %s at 0x%llx, the first memory ends at 0x%llx", path, size_text(size),
				   (unsigned long long)kernel.start, (unsigned long long)range_last(memory) + 1),
			mem_format("make the memory %s or larger", megabytes(kernel.start - memory.start + size + (64u << 20))));
	l->kind = IMAGE_LINUX;
	l->entry = kernel.start;
	return layout_piece(l, "kernel", range_make(kernel.start, file.size), file.data, problem);
}

/* Memory of the kernel beyond its file must stay free as well. */
static u64 kernel_end(const struct layout *l)
{
	u64 size;

	memcpy(&size, l->pieces[0].data + 16, 8);
	return l->entry + (size > l->pieces[0].range.size ? size : l->pieces[0].range.size);
}

static int layout_initrd(const struct cell *cell, struct layout *l, struct bytes initrd, struct layout_problem *problem)
{
	struct range memory = cell->memory[0].range;
	u64 end, top, at;
	struct bytes tree;
	int err;

	if (cell->board->arch->linux_rest)
		return cell->board->arch->linux_rest(cell, l, initrd, problem);
	end = kernel_end(l);
	top = (range_last(memory) + 1 - GUEST_TREE_SIZE) & ~(u64)(GUEST_TREE_SIZE - 1);
	at = initrd.size <= top - end ? page_base(top - initrd.size) : 0;
	if (range_last(memory) - end < 2 * GUEST_TREE_SIZE || at < end)
		return layout_problem_set(
			problem, "file-too-big",
			mem_format("kernel (to 0x%llx), initrd (%llu bytes) and device tree do not fit the first memory (to 0x%llx)",
				   (unsigned long long)end, (unsigned long long)initrd.size, (unsigned long long)range_last(memory) + 1),
			mem_format("make the memory %s or larger", megabytes(end - memory.start + 3 * initrd.size + (64u << 20))));
	if (initrd.size)
		l->initrd = range_make(at, initrd.size);
	tree = guest_tree(cell, l->initrd);
	if (!tree.data)
		return layout_problem_set(problem, "file-too-big", "the generated device tree does not fit 64 KiB", "shorten bootargs");
	l->argument = top;
	err = layout_piece(l, "initrd", l->initrd, initrd.data, problem);
	return err ? err : layout_piece(l, "device tree", range_make(top, tree.size), tree.data, problem);
}

/* --- raw, and the choice --------------------------------------------------------------------------------------------------- */

static int layout_raw(const struct cell *cell, const char *path, struct bytes file, u64 at, struct layout *l,
		      struct layout_problem *problem)
{
	struct range r = range_make(at == BLOB_ANY ? cell->memory[0].range.start : at, file.size);

	l->kind = IMAGE_RAW;
	l->entry = cell->entry != BLOB_ANY ? cell->entry : r.start;
	l->argument = cell->comm_gpa;
	if (!inside_memory(cell, r))
		return layout_problem_set(problem, "file-too-big",
					  mem_format("'%s' (%s) at 0x%llx is not inside one memory of the cell", path, size_text(file.size),
						     (unsigned long long)r.start),
					  "make the memory larger, or load it elsewhere with FILE@ADDRESS");
	if (!inside_memory(cell, range_make(l->entry, 4)))
		return layout_problem_set(problem, "entry-outside",
					  mem_format("entry 0x%llx is outside the cell's memory", (unsigned long long)l->entry),
					  "use an address in memory@, or leave entry out to start at the first byte");
	return layout_piece(l, "kernel", r, file.data, problem);
}

static const char *compressed_with(struct bytes file)
{
	static const struct {
		const char *magic;
		u32 length;
		const char *tool;
	} kinds[] = {
		{ "\x1f\x8b", 2, "gunzip" },
		{ "\xfd"
		  "7zXZ",
		  5, "unxz" },
		{ "\x28\xb5\x2f\xfd", 4, "unzstd" },
		{ "BZh", 3, "bunzip2" },
	};

	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++)
		if (file.size > kinds[i].length && !memcmp(file.data, kinds[i].magic, kinds[i].length))
			return kinds[i].tool;
	return NULL;
}

/* arch: for which architecture a Linux Image is. */
static enum image_kind kind_of(struct bytes file, const struct board_arch **arch)
{
	u32 magic = 0;

	if (file.size >= sizeof(Elf64_Ehdr) && !memcmp(file.data, ELFMAG, SELFMAG))
		return IMAGE_ELF;
	for (u32 i = 0; (*arch = board_arch_by_index(i)); i++) {
		if (file.size < (*arch)->image_magic_at + 8)
			continue;
		memcpy(&magic, file.data + (*arch)->image_magic_at, sizeof(magic));
		if (magic == (*arch)->image_magic)
			return IMAGE_LINUX;
	}
	return IMAGE_RAW;
}

enum image_kind layout_kind(const struct cell *cell)
{
	const struct board_arch *arch;
	struct bytes file;

	if (!cell->kernel || file_map(path_join(cell->tree.dir, cell->kernel), &file))
		return IMAGE_NONE;
	return kind_of(file, &arch);
}

static int layout_kernel(const struct cell *cell, const char *path, u64 at, struct layout *l, struct layout_problem *problem)
{
	const struct board_arch *arch;
	struct bytes file = { 0 };
	int err = file_map(path, &file);

	memset(l, 0, sizeof(*l));
	if (err || !file.data) /* never without an error */
		return layout_problem_set(problem, "file-missing", mem_format("cannot read '%s': %s", path, strerror(-err)),
					  "correct the path");
	if (at != BLOB_ANY)
		return layout_raw(cell, path, file, at, l, problem);
	if (compressed_with(file))
		return layout_problem_set(
			problem, "file-format", mem_format("'%s' is compressed", path),
			mem_format("%s it first; a Linux kernel is loaded as the uncompressed 'Image'", compressed_with(file)));
	switch (kind_of(file, &arch)) {
	case IMAGE_ELF: err = layout_elf(cell, path, file, l, problem); break;
	case IMAGE_LINUX:
		if (arch != cell->board->arch)
			return layout_problem_set(problem, "file-format", mem_format("'%s' is a Linux kernel for %s", path, arch->cpu_name),
						  mem_format("take one for %s", cell->board->arch->machine));
		err = arch->linux_kernel ? arch->linux_kernel(cell, path, file, l, problem) : layout_linux(cell, path, file, l, problem);
		break;
	default: return layout_raw(cell, path, file, at, l, problem);
	}
	if (!err && cell->entry != BLOB_ANY)
		return layout_problem_set(problem, "entry-outside", "entry is for raw images; this file has its own entry point",
					  "remove entry");
	return err;
}

int layout_file(const struct cell *cell, const char *path, u64 at, struct layout *layout, struct layout_problem *problem)
{
	int err = layout_kernel(cell, path, at, layout, problem);

	return err || layout->kind != IMAGE_LINUX ? err : layout_initrd(cell, layout, (struct bytes){ 0 }, problem);
}

int layout_cell(const struct cell *cell, struct layout *layout, struct layout_problem *problem)
{
	struct bytes initrd = { 0 };
	int err;

	memset(layout, 0, sizeof(*layout));
	if (!cell->kernel)
		return cell->initrd ? layout_problem_set(problem, "file-format", "initrd without kernel", "name a kernel, or remove initrd")
				    : 0;
	err = layout_kernel(cell, path_join(cell->tree.dir, cell->kernel), BLOB_ANY, layout, problem);
	if (err)
		return err;
	if (cell->initrd && layout->kind != IMAGE_LINUX)
		return layout_problem_set(problem, "file-format", "only a Linux kernel (an Image) takes an initrd", "remove initrd");
	if (cell->initrd) {
		const char *path = path_join(cell->tree.dir, cell->initrd);

		err = file_map(path, &initrd);
		if (err)
			return layout_problem_set(problem, "file-missing", mem_format("cannot read '%s': %s", path, strerror(-err)),
						  "correct the path");
	}
	return layout->kind == IMAGE_LINUX ? layout_initrd(cell, layout, initrd, problem) : 0;
}
