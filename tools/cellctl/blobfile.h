/* SPDX-License-Identifier: GPL-2.0-only */
/* blobfile.c: writing blobs, and the file form of a compiled cell, which carries its device tree and positions in extra sections. */
#ifndef CELLCTL_BLOBFILE_H
#define CELLCTL_BLOBFILE_H

#include <bulkhead/abi/blob.h>

#include "tree.h"

struct section {
	u16 kind;
	u16 record_size;
	u32 record_count;
	const void *records;
};

/* Sections with no records are left out. */
struct bytes blob_write(u16 type, u16 arch, const char *name, const struct section *sections, u32 count);

/* A cell's blob followed by its tree and positions. */
struct bytes blobfile_write(struct bytes blob, const struct tree *tree);
bool blobfile_is(struct bytes file);
/* False: the file is damaged. */
bool blobfile_config(struct bytes file, struct blob_cell *config);
/* Its records of shared windows: how many, 0 if it is damaged. */
u32 blobfile_windows(struct bytes file, struct blob_cell_window windows[WINDOW_CELL_MAX]);
/* The tree a compiled cell was made from; reports and returns -EINVAL if the file is damaged. */
int blobfile_tree(const char *path, struct bytes file, struct tree *tree);

#endif
