// SPDX-License-Identifier: GPL-2.0-only
/* Verbs that read and write files: check, compile, dtb, board. They work on any machine. */
#include "verbs.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <libfdt.h>

#include "blobfile.h"
#include "layout.h"
#include "output.h"

enum exit_code write_result(const char *path, const void *data, size_t size)
{
	int err = file_write(path, data, size, 0644);

	if (!err)
		return EXIT_DONE;
	message_error(NULL, "output-failed", "cannot write '%s': %s", path, strerror(-err));
	message_fix("name a writable file with -o");
	return EXIT_FAILED;
}

/* Cells that exist, if this is the machine and the hypervisor runs; else none, silently: check works everywhere. */
static void read_live(const struct options *o, const struct board *board, struct live *live)
{
	memset(live, 0, sizeof(*live));
	if (o->board || geteuid() != 0 || !file_exists("/dev/bulkhead"))
		return;
	if (driver_open() == EXIT_DONE)
		live_read(board, live);
	driver_close();
}

/* Loads and checks all operands, each against those before it. */
static enum exit_code check_files(const struct options *o, const struct board *board, struct cell *cells, bool report)
{
	const struct cell **others;
	struct live live;
	u32 bad = 0;

	read_live(o, board, &live);
	others = mem_grow(live.cells, live.count * sizeof(*others), (live.count + o->count) * sizeof(*others));
	if (o->hypervisor.size)
		live.hypervisor = o->hypervisor;
	for (u32 i = 0; i < o->count; i++) {
		struct check_context context = { .board = board,
						 .cell = &cells[i],
						 .others = others,
						 .other_count = live.count,
						 .hypervisor = live.hypervisor,
						 .files_optional = !report };
		bool ok = !cell_load(o->operands[i], board, &cells[i]);

		if (ok)
			cell_assign_doorbells(&cells[i], board, others, live.count);
		ok = ok && !checks_run(&context) && cell_blob(&cells[i]).data;

		bad += !ok;
		if (ok)
			others[live.count++] = &cells[i];
		if (!report)
			continue;
		output_row();
		output_string("file", "FILE", o->operands[i]);
		output_string("cell", "CELL", cells[i].name);
		output_string("result", "RESULT", ok ? "ok" : "invalid");
	}
	return bad ? EXIT_INVALID : EXIT_DONE;
}

enum exit_code verb_check(const struct options *o)
{
	struct board *board = mem_alloc(sizeof(*board));
	struct cell *cells = mem_alloc(o->count * sizeof(*cells));
	enum exit_code code;

	if (board_load(o->board, board))
		return EXIT_INVALID;
	output_table_begin("files", NULL);
	code = check_files(o, board, cells, true);
	output_table_end();
	return code;
}

enum exit_code verb_compile(const struct options *o)
{
	struct board *board = mem_alloc(sizeof(*board));
	struct cell *cell = mem_alloc(sizeof(*cell));
	const char *path = o->output ? o->output : mem_format("%s.cell", path_stem(o->operands[0]));
	struct bytes blob, file;
	enum exit_code code;

	if (board_load(o->board, board) || check_files(o, board, cell, false) != EXIT_DONE)
		return EXIT_INVALID;
	blob = cell_blob(cell);
	file = blobfile_write(blob, &cell->tree);
	code = write_result(path, file.data, file.size);
	if (code != EXIT_DONE)
		return code;
	output_string("cell", "cell", cell->name);
	output_string("file", "written", path);
	output_number("blob_size", "blob bytes", blob.size);
	output_number("file_size", "file bytes", file.size);
	return EXIT_DONE;
}

enum exit_code verb_dtb(const struct options *o)
{
	struct board *board = mem_alloc(sizeof(*board));
	struct cell *cell = mem_alloc(sizeof(*cell));
	struct layout_problem problem;
	struct layout layout;
	struct bytes tree;

	if (board_load(o->board, board) || check_files(o, board, cell, false) != EXIT_DONE)
		return EXIT_INVALID;
	if (board->arch->linux_rest) {
		message_error(NULL, "failed", "a Linux cell on %s gets no device tree", board->arch->machine);
		message_fix("it is described by ACPI tables, which are made when it is loaded");
		return EXIT_FAILED;
	}
	/* Without a kernel (yet) the tree has no initrd, and is worth seeing all the same. */
	if (layout_cell(cell, &layout, &problem))
		memset(&layout, 0, sizeof(layout));
	tree = guest_tree(cell, layout.initrd);
	if (!tree.data) {
		message_error(NULL, "file-too-big", "the generated device tree does not fit 64 KiB");
		message_fix("shorten bootargs");
		return EXIT_INVALID;
	}
	if (!o->output && !o->json)
		return tree_write_source(tree.data, "-") ? EXIT_FAILED : EXIT_DONE;
	if (o->output) {
		enum exit_code code = write_result(o->output, tree.data, tree.size);

		if (code != EXIT_DONE)
			return code;
		output_string("file", "written", o->output);
	}
	output_string("cell", "cell", cell->name);
	output_number("size", "bytes", tree.size);
	return EXIT_DONE;
}

static void show_devices(const struct board *board)
{
	const struct tree *tree = &board->tree;
	int aliases = fdt_path_offset(tree->fdt, "/aliases");

	output_table_begin("devices", NULL);
	for (int n = fdt_next_node(tree->fdt, -1, NULL); n >= 0; n = fdt_next_node(tree->fdt, n, NULL)) {
		const char *path = tree_path(tree, n), *compatible = tree_string(tree, n, "compatible"), *alias = "";
		struct board_irq irq;
		struct range r;

		if (!compatible || n == board->controller_node)
			continue;
		if (!board_ports(board, n, 0, &r) && (!tree_reg(tree, n, 0, &r) || board_is_ram(board, r) || board_is_controller(board, r)))
			continue;
		for (int p = aliases < 0 ? -1 : fdt_first_property_offset(tree->fdt, aliases); p >= 0;
		     p = fdt_next_property_offset(tree->fdt, p)) {
			const char *name;
			const char *value = fdt_getprop_by_offset(tree->fdt, p, &name, NULL);

			if (value && !strcmp(value, path))
				alias = name;
		}
		output_row();
		output_string("path", "DEVICE", path);
		output_string("alias", "ALIAS", alias);
		output_hex("address", "ADDRESS", r.start);
		output_hex("size", "SIZE", r.size);
		output_string("irq", board->arch->irq_name,
			      board_irq(board, n, 0, &irq) || irq.is_private ? "" : mem_format("%u", irq.intid - board->arch->irq_base));
		output_string("use", "USE", !tree_enabled(tree, n) ? "disabled" : n == board->console_node ? "root console" : "");
		output_string("compatible", "COMPATIBLE", compatible);
	}
	output_table_end();
}

static enum exit_code write_board(const struct options *o, struct board *board)
{
	const char *dot = strrchr(o->output, '.');

	board_strip(board);
	if (dot && !strcmp(dot, ".dtb"))
		return write_result(o->output, board->tree.fdt, fdt_totalsize(board->tree.fdt));
	return tree_write_source(board->tree.fdt, o->output) ? EXIT_FAILED : EXIT_DONE;
}

enum exit_code verb_board(const struct options *o)
{
	struct board *board = mem_alloc(sizeof(*board));
	u32 spare;

	if (board_load(o->count ? o->operands[0] : o->board, board) || !board_blob(board).data)
		return EXIT_INVALID;
	spare = board_spare_irq(board);
	if (o->output) {
		enum exit_code code = write_board(o, board);

		if (code != EXIT_DONE || !strcmp(o->output, "-"))
			return code;
		output_string("file", "written", o->output);
		return code;
	}
	output_string("board", "board", board->name);
	output_number("cpus", "CPUs", board->cpu_count);
	output_hex("phys_limit", "physical addresses", board->phys_limit);
	board->arch->show(board);
	output_hex("log_uart", "log UART", board->uart_base);
	output_string("notify", "cells' ends told by",
		      spare == BULKHEAD_NOTIFY_ANY ? "any vector"
		      : spare                      ? board_irq_text(board, spare)
						   : "polling");
	output_string("dma_isolation", "DMA isolation", "none on this board");
	output_table_begin("memory", NULL);
	for (u32 i = 0; i < board->ram_count; i++) {
		output_row();
		output_hex("base", "MEMORY", board->ram[i].start);
		output_number_text("size", "SIZE", board->ram[i].size, size_text(board->ram[i].size));
	}
	output_table_end();
	show_devices(board);
	return EXIT_DONE;
}
