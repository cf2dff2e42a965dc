/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A flattened device tree with, where it came from source, the position of each node and property.
 * dts.c makes trees from files; tree.c reads them: reg through ranges, interrupts, aliases.
 */
#ifndef CELLCTL_TREE_H
#define CELLCTL_TREE_H

#include <stdbool.h>

#include <bulkhead/addr.h>

#include "message.h"
#include "util.h"

#define TREE_MAX_SIZE (4u << 20)

struct tree_position {
	u32 offset; /* of the tag in the structure block */
	struct position at;
};

struct tree_node {
	int offset;
	u32 parent; /* index; the root's is its own */
	u32 phandle;
};

struct tree {
	const char *file; /* as the user named it */
	const char *dir;  /* where relative paths start */
	void *fdt;
	struct tree_node *nodes; /* ascending offset */
	u32 node_count;
	struct tree_position *positions; /* ascending offset; NULL: none known */
	u32 position_count;
};

/* dts.c. All report to message.h and return 0 or -EINVAL. path: .dts, .dtb or a compiled cell. */
int tree_load(const char *path, struct tree *tree);
/* bytes must stay. Checks the whole tree once, so that no reader needs to. */
int tree_from_dtb(const char *file, const char *dir, struct bytes dtb, struct tree *tree);
/* Source text of the tree to path ("-": stdout), by dtc. */
int tree_write_source(const void *fdt, const char *path);
/* Positions as text, one a line: offset line column file. */
struct bytes tree_positions_pack(const struct tree *tree);
int tree_positions_unpack(struct tree *tree, const char *text, size_t size);

/* tree.c */
/* Once the tree is checked: notes parents and phandles, which libfdt would search from the start each time. */
void tree_index(struct tree *tree);
/* Negative: the root has none. */
int tree_parent(const struct tree *tree, int node);
/* Negative: nobody's. */
int tree_by_phandle(const struct tree *tree, u32 phandle);
const void *tree_property(const struct tree *tree, int node, const char *name, int *length);
bool tree_has(const struct tree *tree, int node, const char *name);
/* NULL: absent or not a string. */
const char *tree_string(const struct tree *tree, int node, const char *name);
/* Cell number index of a property; fallback if absent. */
u32 tree_u32(const struct tree *tree, int node, const char *name, u32 index, u32 fallback);
u64 tree_number(const void *cells, u32 count);
bool tree_compatible(const struct tree *tree, int node, const char *compatible);
bool tree_enabled(const struct tree *tree, int node);
/* reg entry, translated to the root's addresses. False: absent, or not translatable. */
bool tree_reg(const struct tree *tree, int node, u32 index, struct range *out);
u32 tree_reg_count(const struct tree *tree, int node);
/* Address in the bus node's parent of an address on the bus; false: ranges does not say. */
bool tree_translate(const struct tree *tree, int bus, u64 *address);
/* Node of a path or alias, options after ':' cut off; negative: none. */
int tree_find(const struct tree *tree, const char *name);
const char *tree_path(const struct tree *tree, int node);
/* Node whose interrupt controller rules this node, or negative. */
int tree_interrupt_parent(const struct tree *tree, int node);

struct position tree_node_at(const struct tree *tree, int node);
/* The node's position if it lacks the property. */
struct position tree_property_at(const struct tree *tree, int node, const char *name);

#endif
