/* SPDX-License-Identifier: GPL-2.0-only */
/* layout.c: what is loaded into a cell and where: kernel by its format, initrd, generated device tree. guestdt.c writes that tree. */
#ifndef CELLCTL_LAYOUT_H
#define CELLCTL_LAYOUT_H

#include "model.h"

#define LAYOUT_MAX_PIECES 40
#define GUEST_TREE_SIZE 0x10000

enum image_kind { IMAGE_NONE, IMAGE_RAW, IMAGE_ELF, IMAGE_LINUX };

struct piece {
	const char *what;   /* "kernel", "initrd", "device tree" */
	struct range range; /* guest-physical */
	const u8 *data;     /* NULL: zeros */
};

struct layout {
	enum image_kind kind;
	struct piece pieces[LAYOUT_MAX_PIECES];
	u32 count;
	u64 entry;
	u64 argument;        /* of the first CPU: the comm page, or the device tree */
	struct range initrd; /* size 0: none */
	const u8 *setup;     /* x86: the head of a bzImage */
};

/* Why it cannot be laid out: id of a check. */
struct layout_problem {
	const char *id;
	const char *what;
	const char *fix;
};

/* All the cell file names, device tree included. 0 or -EINVAL with the problem filled; a cell without kernel has no pieces. */
int layout_cell(const struct cell *cell, struct layout *layout, struct layout_problem *problem);
/* What the cell's kernel is, by its first bytes; IMAGE_NONE: none is named, or it is not there. */
enum image_kind layout_kind(const struct cell *cell);
/* One file; at: where raw images go, BLOB_ANY: the first memory. */
int layout_file(const struct cell *cell, const char *path, u64 at, struct layout *layout, struct layout_problem *problem);
/* The device tree of a Linux cell, GUEST_TREE_SIZE at most; data NULL: it does not fit. */
struct bytes guest_tree(const struct cell *cell, struct range initrd);
/* For the loaders of one architecture: the problem is filled, -EINVAL; a piece is added, 0 or the same. Empty ones are none. */
int layout_problem_set(struct layout_problem *problem, const char *id, const char *what, const char *fix);
int layout_piece(struct layout *l, const char *what, struct range r, const u8 *data, struct layout_problem *problem);
/* Mapped, not copied. 0 or negative errno. */
int file_map(const char *path, struct bytes *out);

#endif
