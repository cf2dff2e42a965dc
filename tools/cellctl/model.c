// SPDX-License-Identifier: GPL-2.0-only
/* Reads a cell file into struct cell. The schema was checked, so each property has its type; meaning is checks.c's. */
#include "model.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#define SPAN_MAX (1ull << 40) /* guest-physical addresses every machine with EL2 or the H extension can have */

static struct range read_range(const struct tree *tree, int node, const char *property, u32 index)
{
	const u8 *p = tree_property(tree, node, property, NULL);

	return range_make(tree_number(p + 16 * index, 2), tree_number(p + 16 * index + 8, 2));
}

static u64 read_u64(const struct tree *tree, int node, const char *property, u64 fallback)
{
	const u8 *p = tree_property(tree, node, property, NULL);

	return p ? tree_number(p, 2) : fallback;
}

static void read_irqs(struct cell *cell, int node)
{
	int length;
	const u8 *p = tree_property(&cell->tree, node, "irqs", &length);
	u32 count = cell->board->arch->irq_cells;

	for (u32 i = 0; p && i < (u32)length / (4 * count); i++) {
		u32 cells[IRQ_MAX_CELLS];
		struct cell_irq *irq;

		for (u32 j = 0; j < count; j++)
			cells[j] = tree_u32(&cell->tree, node, "irqs", i * count + j, 0);

		if (cell->irq_count == PLAN_MAX_IRQS) {
			cell->too_many = true;
			return;
		}
		irq = &cell->irqs[cell->irq_count++];
		irq->node = node;
		irq->valid = cell->board->arch->decode_irq(cell->board, cells, &irq->irq);
	}
}

static void read_device_irqs(struct cell *cell, const struct cell_device *d)
{
	if (cell->board->no_cell_irqs)
		return;
	for (u32 i = 0; i < DEVICE_MAX_IRQS; i++) {
		struct board_irq irq;
		int err = board_irq(cell->board, d->board_node, i, &irq);

		if (err == -ENOENT)
			return;
		if (cell->irq_count == PLAN_MAX_IRQS) {
			cell->too_many = true;
			return;
		}
		cell->irqs[cell->irq_count++] = (struct cell_irq){ .irq = irq, .node = d->node, .from_device = true, .valid = !err };
		if (err)
			return;
	}
}

static void add_ports(struct cell *cell, struct range r, int node, bool from_device)
{
	if (cell->port_count == PLAN_MAX_PIO)
		cell->too_many = true;
	else
		cell->ports[cell->port_count++] = (struct cell_ports){ .range = r, .node = node, .from_device = from_device };
}

/* False: the node has none. */
static bool read_io_ports(struct cell *cell, int node)
{
	int length;
	const u8 *p = tree_property(&cell->tree, node, "io-ports", &length);

	for (u32 i = 0; p && cell->board->arch->has_ports && i < (u32)length / 8; i++)
		add_ports(cell, range_make(tree_number(p + 8 * i, 1), tree_number(p + 8 * i + 4, 1)), node, false);
	return p;
}

/* io-ports, or what the device has. */
static void read_ports(struct cell *cell, struct cell_device *d)
{
	bool given = read_io_ports(cell, d->node);

	while (d->board_node >= 0 && d->port_count < DEVICE_MAX_REGS &&
	       board_ports(cell->board, d->board_node, d->port_count, &d->ports[d->port_count]))
		d->port_count++;
	for (u32 i = 0; !given && i < d->port_count; i++)
		add_ports(cell, d->ports[i], d->node, true);
}

static void read_device(struct cell *cell, int node)
{
	const struct tree *tree = &cell->tree, *board = &cell->board->tree;
	struct cell_device *d;
	int length;

	if (cell->device_count == PLAN_MAX_MMIO) {
		cell->too_many = true;
		return;
	}
	d = &cell->devices[cell->device_count++];
	d->node = node;
	d->name = fdt_get_name(tree->fdt, node, NULL);
	d->device = tree_string(tree, node, "device");
	d->dma = tree_string(tree, node, "dma");
	d->board_node = d->device ? tree_find(board, d->device) : -1;
	if (d->board_node >= 0) {
		while (d->reg_count < DEVICE_MAX_REGS && tree_reg(board, d->board_node, d->reg_count, &d->host[d->reg_count])) {
			d->guest[d->reg_count] = d->host[d->reg_count];
			d->reg_count++;
		}
		read_device_irqs(cell, d);
	}
	if (tree_property(tree, node, "reg", &length)) {
		d->moved_count = (u32)length / 16;
		for (u32 i = 0; i < d->moved_count && i < d->reg_count; i++)
			d->guest[i] = read_range(tree, node, "reg", i);
	}
	read_ports(cell, d);
	read_irqs(cell, node);
}

/* Ports that are no device of the board's. */
static void read_bare_ports(struct cell *cell, int node)
{
	read_io_ports(cell, node);
	read_irqs(cell, node);
}

static void read_memory(struct cell *cell, int node)
{
	const struct tree *tree = &cell->tree;

	if (cell->memory_count == CELL_MAX_MEMORY) {
		cell->too_many = true;
		return;
	}
	cell->memory[cell->memory_count++] = (struct cell_memory){
		.node = node,
		.range = read_range(tree, node, "reg", 0),
		.host = read_u64(tree, node, "host-address", BLOB_ANY),
		.read_only = tree_has(tree, node, "read-only"),
		.no_execute = tree_has(tree, node, "no-execute"),
	};
}

static void read_window(struct cell *cell, int node)
{
	const struct tree *tree = &cell->tree;
	const char *access = tree_string(tree, node, "access");

	if (cell->window_count == WINDOW_CELL_MAX) {
		cell->too_many = true;
		return;
	}
	cell->windows[cell->window_count++] = (struct cell_window){
		.node = node,
		.range = read_range(tree, node, "reg", 0),
		.channel = tree_string(tree, node, "channel"),
		.peer_count = (u32)fdt_stringlist_count(tree->fdt, node, "peers"),
		.read_only = access && !strcmp(access, "read-only"),
		.doorbells = tree_u32(tree, node, "doorbells", 0, 1),
	};
}

static u32 read_widths(const struct tree *tree, int node)
{
	int length;
	u32 widths = 0;

	if (!tree_property(tree, node, "io-width", &length))
		return 0xf;
	for (u32 i = 0; i < (u32)length / 4; i++) {
		u32 w = tree_u32(tree, node, "io-width", i, 0);

		if (w == 1 || w == 2 || w == 4 || w == 8)
			widths |= w == 8 ? 8 : w == 4 ? 4 : w;
	}
	return widths;
}

static void read_registers(struct cell *cell, int node)
{
	struct range r = read_range(&cell->tree, node, "reg", 0);

	if (cell->registers_count == PLAN_MAX_MMIO) {
		cell->too_many = true;
		return;
	}
	cell->registers[cell->registers_count++] = (struct cell_registers){
		.node = node,
		.range = r,
		.host = read_u64(&cell->tree, node, "host-address", r.start),
		.widths = read_widths(&cell->tree, node),
		.read_only = tree_has(&cell->tree, node, "read-only"),
	};
}

static void read_chosen(struct cell *cell, int node)
{
	cell->chosen_node = node;
	cell->kernel = tree_string(&cell->tree, node, "kernel");
	cell->initrd = tree_string(&cell->tree, node, "initrd");
	cell->bootargs = tree_string(&cell->tree, node, "bootargs");
	cell->stdout_path = tree_string(&cell->tree, node, "stdout-path");
	cell->entry = read_u64(&cell->tree, node, "entry", BLOB_ANY);
}

/* Unknown words keep the default; the checks report them. */
static u32 read_word(const struct tree *tree, const char *property, const char *const *words, u32 count)
{
	const char *s = tree_string(tree, 0, property);

	for (u32 i = 0; s && i < count; i++)
		if (!strcmp(s, words[i]))
			return i;
	return 0;
}

static void read_root(struct cell *cell)
{
	static const char *const restarts[] = { "never", "on-fault", "always" }, *const modes[] = { "auto", "direct", "list-register" };
	const struct tree *tree = &cell->tree;
	int length;

	cell->cpus_any = !tree_has(tree, 0, "cpus");
	if (cell->cpus_any) {
		cell->cpu_count = tree_u32(tree, 0, "cpu-count", 0, 0);
	} else {
		tree_property(tree, 0, "cpus", &length);
		for (u32 i = 0; i < (u32)length / 4 && i < BULKHEAD_MAX_CPUS; i++)
			cell->cpus[cell->cpu_count++] = tree_u32(tree, 0, "cpus", i, 0);
		cell->too_many |= (u32)length / 4 > BULKHEAD_MAX_CPUS;
	}
	cell->flags = (tree_has(tree, 0, "console") ? BLOB_CELL_CONSOLE : 0) | (tree_has(tree, 0, "critical") ? BLOB_CELL_CRITICAL : 0);
	cell->irq_mode = read_word(tree, "interrupt-mode", modes, ARRAY_SIZE(modes));
	cell->restart = read_word(tree, "restart", restarts, ARRAY_SIZE(restarts));
	cell->restart_limit = tree_u32(tree, 0, "restart-limit", 0, cell->restart ? 3 : 0);
	cell->watchdog_ms = tree_u32(tree, 0, "watchdog-ms", 0, 0);
	read_irqs(cell, 0);
}

int cell_load(const char *path, const struct board *board, struct cell *cell)
{
	const struct tree *tree = &cell->tree;
	int node;

	memset(cell, 0, sizeof(*cell));
	cell->board = board;
	cell->comm_node = cell->chosen_node = -1;
	cell->comm_gpa = cell->entry = BLOB_ANY;
	if (tree_load(path, &cell->tree) || schema_check(&cell->tree, board->arch))
		return -EINVAL;
	cell->name_given = tree_string(tree, 0, "cell-name");
	if (!cell->name_given)
		cell->name_given = path_stem(path);
	snprintf(cell->name, sizeof(cell->name), "%s", cell->name_given);
	read_root(cell);
	fdt_for_each_subnode(node, tree->fdt, 0) {
		switch (node_kind(fdt_get_name(tree->fdt, node, NULL))) {
		case NODE_MEMORY: read_memory(cell, node); break;
		case NODE_REGISTERS: read_registers(cell, node); break;
		case NODE_COMM:
			cell->comm_node = node;
			cell->comm_gpa = read_range(tree, node, "reg", 0).start;
			break;
		case NODE_CHOSEN: read_chosen(cell, node); break;
		case NODE_DEVICE:
			if (tree_has(tree, node, "device"))
				read_device(cell, node);
			else
				read_bare_ports(cell, node);
			break;
		case NODE_SHARED: read_window(cell, node); break;
		case NODE_ROOT: break;
		}
	}
	cell->too_many |= cell->memory_count + 2 * cell->window_count > CELL_MAX_MEMORY; /* the header page is one of its own */
	if (cell->comm_node < 0)
		cell_place_comm(cell);
	return 0;
}

const struct cell_device *cell_uart(const struct cell *cell)
{
	const char *wanted = cell->stdout_path;

	for (u32 i = 0; i < cell->device_count; i++) {
		const struct cell_device *d = &cell->devices[i];

		if (d->board_node < 0 || (!d->reg_count && !d->port_count) || board_uart_type(cell->board, d->board_node) == BLOB_UART_NONE)
			continue;
		if (!wanted ||
		    (wanted[0] == '/' && strlen(d->name) == strcspn(wanted + 1, ":") && !memcmp(d->name, wanted + 1, strlen(d->name))))
			return d;
	}
	return NULL;
}

static bool overlaps(struct range a, struct range b)
{
	return range_ok(a) && range_ok(b) && range_overlaps(a, b);
}

bool cell_uses(const struct cell *cell, struct range r, bool skip_comm)
{
	for (u32 i = 0; i < cell->memory_count; i++)
		if (overlaps(cell->memory[i].range, r))
			return true;
	for (u32 i = 0; i < cell->window_count; i++)
		if (overlaps(cell->windows[i].range, r))
			return true;
	for (u32 i = 0; i < cell->registers_count; i++)
		if (overlaps(cell->registers[i].range, r))
			return true;
	for (u32 i = 0; i < cell->device_count; i++)
		for (u32 j = 0; j < cell->devices[i].reg_count; j++)
			if (overlaps(cell->devices[i].guest[j], r))
				return true;
	if (!skip_comm && cell->comm_gpa != BLOB_ANY && overlaps(range_make(cell->comm_gpa, PAGE_SIZE), r))
		return true;
	return board_cell_controller(cell->board, r) != NULL;
}

void cell_place_comm(struct cell *cell)
{
	u64 at = 0;

	for (u32 i = 0; i < cell->memory_count; i++) {
		struct range r = cell->memory[i].range;

		if (range_ok(r) && range_last(r) < SPAN_MAX && range_last(r) + 1 > at)
			at = page_round_up(range_last(r) + 1);
	}
	/* Each step leaves one page of something in use behind; what can be in use is bounded. */
	for (u32 tries = 0; tries < 65536 && at + PAGE_SIZE <= SPAN_MAX; tries++, at += PAGE_SIZE) {
		if (!cell_uses(cell, range_make(at, PAGE_SIZE), true)) {
			cell->comm_gpa = at;
			return;
		}
	}
}
