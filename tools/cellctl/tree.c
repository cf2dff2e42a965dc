// SPDX-License-Identifier: GPL-2.0-only
/* Reading a device tree: everything above libfdt that the board and the cell model need. Trees are checked when loaded. */
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

void tree_index(struct tree *tree)
{
	u32 count = 0, last = 0;
	int depth = -1, before = 0;

	for (int n = fdt_next_node(tree->fdt, -1, NULL); n >= 0; n = fdt_next_node(tree->fdt, n, NULL))
		count++;
	tree->nodes = mem_alloc(count * sizeof(*tree->nodes));
	tree->node_count = 0;
	for (int n = fdt_next_node(tree->fdt, -1, &depth); n >= 0 && tree->node_count < count; n = fdt_next_node(tree->fdt, n, &depth)) {
		for (; before >= depth && before > 0; before--) /* the one before, or what that is in, up to the level above */
			last = tree->nodes[last].parent;
		tree->nodes[tree->node_count] = (struct tree_node){ n, last, fdt_get_phandle(tree->fdt, n) };
		last = tree->node_count++;
		before = depth;
	}
}

int tree_parent(const struct tree *tree, int node)
{
	u32 low = 0, high = tree->node_count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (tree->nodes[middle].offset == node)
			return middle ? tree->nodes[tree->nodes[middle].parent].offset : -1;
		if (tree->nodes[middle].offset < node)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

int tree_by_phandle(const struct tree *tree, u32 phandle)
{
	for (u32 i = 0; phandle && i < tree->node_count; i++)
		if (tree->nodes[i].phandle == phandle)
			return tree->nodes[i].offset;
	return -1;
}

const void *tree_property(const struct tree *tree, int node, const char *name, int *length)
{
	int n;
	const void *p = fdt_getprop(tree->fdt, node, name, &n);

	if (length)
		*length = p ? n : 0;
	return p;
}

bool tree_has(const struct tree *tree, int node, const char *name)
{
	return tree_property(tree, node, name, NULL) != NULL;
}

const char *tree_string(const struct tree *tree, int node, const char *name)
{
	int length;
	const char *s = tree_property(tree, node, name, &length);

	return s && length > 0 && s[length - 1] == '\0' ? s : NULL;
}

u64 tree_number(const void *cells, u32 count)
{
	const u8 *p = cells;
	u64 value = 0;

	/* Properties are aligned to 4 bytes only, and more than two cells cannot be a number. */
	for (u32 i = 0; i < count * 4; i++)
		value = value << 8 | p[i];
	return value;
}

u32 tree_u32(const struct tree *tree, int node, const char *name, u32 index, u32 fallback)
{
	int length;
	const u8 *p = tree_property(tree, node, name, &length);

	return p && (u32)length / 4 > index ? (u32)tree_number(p + 4 * index, 1) : fallback;
}

bool tree_compatible(const struct tree *tree, int node, const char *compatible)
{
	return fdt_node_check_compatible(tree->fdt, node, compatible) == 0;
}

bool tree_enabled(const struct tree *tree, int node)
{
	const char *status = tree_string(tree, node, "status");

	return !status || !strcmp(status, "okay") || !strcmp(status, "ok");
}

/* Cells of addresses and sizes in the children of node; bad values read as 0 and make every reg unreadable. */
static u32 address_cells(const struct tree *tree, int node)
{
	u32 n = tree_u32(tree, node, "#address-cells", 0, 2);

	return n <= 3 ? n : 0;
}

static u32 size_cells(const struct tree *tree, int node)
{
	u32 n = tree_u32(tree, node, "#size-cells", 0, 1);

	return n <= 2 ? n : 0;
}

bool tree_translate(const struct tree *tree, int bus, u64 *address)
{
	int parent = tree_parent(tree, bus);
	int length;
	const u8 *p = tree_property(tree, bus, "ranges", &length);
	u32 child_cells = address_cells(tree, bus);
	u32 size = size_cells(tree, bus);
	u32 parent_cells, entry;

	if (parent < 0 || !p)
		return false;
	if (length == 0)
		return true;
	parent_cells = address_cells(tree, parent);
	entry = 4 * (child_cells + parent_cells + size);
	if (child_cells < 1 || child_cells > 2 || parent_cells < 1 || parent_cells > 2 || !size)
		return false;
	for (u32 at = 0; at + entry <= (u32)length; at += entry) {
		u64 child = tree_number(p + at, child_cells);
		u64 to = tree_number(p + at + 4 * child_cells, parent_cells);
		u64 bytes = tree_number(p + at + 4 * (child_cells + parent_cells), size);

		if (range_has(range_make(child, bytes), *address)) {
			*address = to + (*address - child);
			return true;
		}
	}
	return false;
}

u32 tree_reg_count(const struct tree *tree, int node)
{
	int parent = tree_parent(tree, node);
	int length;
	u32 entry;

	if (parent < 0 || !tree_property(tree, node, "reg", &length))
		return 0;
	entry = 4 * (address_cells(tree, parent) + size_cells(tree, parent));
	return entry ? (u32)length / entry : 0;
}

bool tree_reg(const struct tree *tree, int node, u32 index, struct range *out)
{
	int parent = tree_parent(tree, node);
	const u8 *p = tree_property(tree, node, "reg", NULL);
	u32 address, size;
	u64 start;

	if (parent < 0 || !p || index >= tree_reg_count(tree, node))
		return false;
	address = address_cells(tree, parent);
	size = size_cells(tree, parent);
	if (address < 1 || address > 2 || !size)
		return false;
	p += 4 * (address + size) * index;
	start = tree_number(p, address);
	for (int bus = parent; bus > 0; bus = tree_parent(tree, bus))
		if (!tree_translate(tree, bus, &start))
			return false;
	*out = range_make(start, tree_number(p + 4 * address, size));
	return range_ok(*out);
}

static bool is_uart(const struct tree *tree, int node)
{
	return tree_compatible(tree, node, "arm,pl011") || tree_compatible(tree, node, "ns16550a");
}

/* Trees of older emulators have no aliases: then serialN is the N-th enabled UART by address. */
static int find_serial(const struct tree *tree, unsigned long number)
{
	u64 below = 0;

	for (unsigned long i = 0;; i++) {
		u64 best = ~0ull;
		int found = -1;

		for (int n = fdt_next_node(tree->fdt, -1, NULL); n >= 0; n = fdt_next_node(tree->fdt, n, NULL)) {
			struct range r;

			if (is_uart(tree, n) && tree_enabled(tree, n) && tree_reg(tree, n, 0, &r) && r.start >= below && r.start < best) {
				best = r.start;
				found = n;
			}
		}
		if (found < 0 || i == number)
			return found;
		below = best + 1;
	}
}

int tree_find(const struct tree *tree, const char *name)
{
	const char *colon = strchr(name, ':');
	int length = (int)(colon ? (size_t)(colon - name) : strlen(name));
	int node = fdt_path_offset_namelen(tree->fdt, name, length);

	/* libfdt takes "serial1" and "serial1/x" through /aliases as well. */
	if (node >= 0 || name[0] == '/')
		return node;
	if (!strncmp(name, "serial", 6) && length > 6 && fdt_path_offset(tree->fdt, "/aliases") < 0) {
		char *end;
		unsigned long number = strtoul(name + 6, &end, 10);

		if (end == name + length && number < 64)
			return find_serial(tree, number);
	}
	return node;
}

const char *tree_path(const struct tree *tree, int node)
{
	char path[1024];

	if (fdt_get_path(tree->fdt, node, path, sizeof(path)))
		return "?";
	return mem_copy(path, strlen(path));
}

int tree_interrupt_parent(const struct tree *tree, int node)
{
	while (node >= 0) {
		u32 phandle = tree_u32(tree, node, "interrupt-parent", 0, 0);

		if (phandle)
			return tree_by_phandle(tree, phandle);
		node = tree_parent(tree, node);
		if (node >= 0 && tree_has(tree, node, "#interrupt-cells"))
			return node;
	}
	return -1;
}

static struct position position_find(const struct tree *tree, u32 offset)
{
	struct position none = { .file = tree->file };
	u32 low = 0, high = tree->position_count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (tree->positions[middle].offset == offset)
			return tree->positions[middle].at;
		if (tree->positions[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return none;
}

struct position tree_node_at(const struct tree *tree, int node)
{
	return position_find(tree, (u32)node);
}

struct position tree_property_at(const struct tree *tree, int node, const char *name)
{
	for (int p = fdt_first_property_offset(tree->fdt, node); p >= 0; p = fdt_next_property_offset(tree->fdt, p)) {
		const char *this_name;

		if (fdt_getprop_by_offset(tree->fdt, p, &this_name, NULL) && !strcmp(this_name, name))
			return position_find(tree, (u32)p);
	}
	return tree_node_at(tree, node);
}
