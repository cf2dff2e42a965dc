// SPDX-License-Identifier: GPL-2.0-only
/* Verbs that change the machine: enable, disable, and the life of a cell. */
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#include "blobfile.h"
#include "layout.h"
#include "output.h"

enum exit_code verb_enable(const struct options *o)
{
	const char *name = o->count ? o->operands[0] : o->board;
	struct bulkhead_enable *request = mem_alloc(sizeof(*request));
	struct board *board = mem_alloc(sizeof(*board)), *live = mem_alloc(sizeof(*live));
	enum exit_code code = driver_open();
	struct bytes blob;

	if (code != EXIT_DONE)
		return code;
	if (board_load(name, board))
		return EXIT_INVALID;
	if (name && board_live() && (board_load(NULL, live) || board_compare(board, live)))
		return EXIT_FAILED;
	blob = board_blob(board);
	if (!blob.data)
		return EXIT_INVALID;
	request->blob = (uintptr_t)blob.data;
	request->blob_size = (u32)blob.size;
	request->cpu_count = board->cpu_count;
	request->confirm = (u32)o->confirm;
	request->notify = board_spare_irq(name && board_live() ? live : board); /* a board file need not have all devices */
	for (u32 i = 0; i < board->cpu_count; i++)
		request->hwid[i] = board->cpus[i].hwid;
	code = DRIVER_CALL("enable", BULKHEAD_ENABLE, request);
	if (code != EXIT_DONE)
		return code;
	output_string("board", "enabled on board", board->name);
	output_number("cpus", "CPUs", board->cpu_count);
	output_string("dma_isolation", "DMA isolation", "none on this board");
	if (o->confirm)
		output_number("confirm", "seconds to 'cellctl confirm'", o->confirm);
	return EXIT_DONE;
}

/* Board and cell for the machine we run on. */
static enum exit_code load_board(const struct options *o, struct board *board)
{
	enum exit_code code = driver_open_enabled();

	if (code != EXIT_DONE)
		return code;
	return board_load(o->board, board) ? EXIT_INVALID : EXIT_DONE;
}

static enum exit_code prepare_and_create(const struct cell *cell, struct bytes blob, u32 *id)
{
	struct bulkhead_prepare *prepare = mem_alloc(sizeof(*prepare));
	struct bulkhead_create create = { 0 };
	enum exit_code code;

	prepare->blob = (uintptr_t)blob.data;
	prepare->blob_size = (u32)blob.size;
	for (u32 i = 0; i < cell->device_count; i++) {
		if (i == BULKHEAD_MAX_DEVICES) {
			message_error(NULL, "cell-too-big", "more than %u devices", BULKHEAD_MAX_DEVICES);
			return EXIT_INVALID;
		}
		snprintf(prepare->devices[i], BULKHEAD_DEVICE_NAME, "%s", board_linux_name(cell->board, cell->devices[i].board_node));
		prepare->device_count = i + 1;
	}
	code = DRIVER_CALL("prepare", BULKHEAD_PREPARE, prepare);
	if (code != EXIT_DONE)
		return code;
	code = DRIVER_CALL("create", BULKHEAD_CREATE, &create);
	*id = create.id;
	return code;
}

/* A board file need not have all devices: what it calls unused is not. */
static const struct board *board_of_spares(const struct options *o, const struct board *board)
{
	struct board *live;

	if (!o->board || !board_live())
		return board;
	live = mem_alloc(sizeof(*live));
	return board_load(NULL, live) ? NULL : live;
}

static enum exit_code create_cell(const struct options *o, const struct board *board, struct cell *cell)
{
	const struct board *spares = board_of_spares(o, board);
	struct live live;
	enum exit_code code = live_read(board, &live);
	struct check_context context = { .board = board, .cell = cell };
	struct bytes blob;

	if (code != EXIT_DONE)
		return code;
	if (!spares)
		return EXIT_INVALID;
	context.others = live.cells;
	context.other_count = live.count;
	context.hypervisor = live.hypervisor;
	if (cell_load(o->operands[0], board, cell))
		return EXIT_INVALID;
	cell_assign_doorbells(cell, spares, live.cells, live.count);
	if (checks_run(&context))
		return EXIT_INVALID;
	blob = cell_blob(cell);
	if (!blob.data)
		return EXIT_INVALID;
	code = prepare_and_create(cell, blob, &cell->id);
	if (code == EXIT_DONE)
		live_save_cell(cell, blob);
	return code;
}

static void show_cell(const struct cell *cell, const char *state)
{
	output_string("cell", "cell", cell->name);
	output_number("id", "id", cell->id);
	output_string("state", "state", state);
}

enum exit_code verb_create(const struct options *o)
{
	struct board *board = mem_alloc(sizeof(*board));
	struct cell *cell = mem_alloc(sizeof(*cell));
	enum exit_code code = load_board(o, board);

	if (code == EXIT_DONE)
		code = create_cell(o, board, cell);
	if (code == EXIT_DONE)
		show_cell(cell, "created");
	return code;
}

/* --- load ------------------------------------------------------------------------------------------------------------------ */

/* Zeros come from the hypervisor's scrub the first time only; a cell may be loaded again. */
static const u8 *piece_data(const struct piece *p)
{
	return p->data ? p->data : mem_alloc(p->range.size);
}

static enum exit_code load_layout(const struct cell *cell, const struct layout *layout, bool beside)
{
	struct live_run run = { .entry = layout->entry, .argument = layout->argument };

	for (u32 i = 0; i < layout->count; i++) {
		const struct piece *p = &layout->pieces[i];
		struct bulkhead_load load = { .id = cell->id, .gpa = p->range.start, .length = p->range.size };
		enum exit_code code;

		load.data = (uintptr_t)piece_data(p);
		code = DRIVER_CALL("load", BULKHEAD_LOAD, &load);
		if (code != EXIT_DONE)
			return code;
	}
	/* What is placed by hand beside a kernel does not change where the cell starts. */
	if (!beside || live_load_run(cell->name).entry == BLOB_ANY)
		live_save_run(cell->name, &run);
	return EXIT_DONE;
}

/* Which CPUs a cell with cpu-count got is known once it exists. */
static void cpus_known(struct cell *cell)
{
	struct bulkhead_cell_query query = { .info.id = cell->id };

	if (!cell->cpus_any || driver_query(BULKHEAD_CELL_QUERY, &query, sizeof(query)) || query.info.cpu_count != cell->cpu_count)
		return;
	memcpy(cell->cpus, query.info.cpus, sizeof(cell->cpus));
	cell->cpus_any = false;
}

static enum exit_code layout_failed(const struct layout_problem *problem)
{
	message_error(NULL, problem->id, "%s", problem->what);
	message_fix("%s", problem->fix);
	return EXIT_INVALID;
}

static void show_layout(const struct layout *layout)
{
	output_table_begin("pieces", NULL);
	for (u32 i = 0; i < layout->count; i++) {
		output_row();
		output_string("what", "LOADED", layout->pieces[i].what);
		output_hex("address", "ADDRESS", layout->pieces[i].range.start);
		output_number("size", "BYTES", layout->pieces[i].range.size);
	}
	output_table_end();
	output_hex("entry", "entry", layout->entry);
	output_hex("argument", "argument", layout->argument);
}

/* "FILE@ADDRESS": cuts the address off. False: what follows '@' is no number. */
static bool split_address(char *operand, u64 *address)
{
	char *at = strrchr(operand, '@');

	*address = BLOB_ANY;
	if (!at || file_exists(operand))
		return true;
	*at = '\0';
	return parse_u64(at + 1, address) && *address != BLOB_ANY;
}

/* What load would load: the cell's model, and where what goes. */
static enum exit_code find_layout(const struct options *o, struct cell *cell, struct cell_info *info, u64 *at, struct layout *layout)
{
	struct board *board = mem_alloc(sizeof(*board));
	struct layout_problem problem;
	enum exit_code code = load_board(o, board);

	*at = BLOB_ANY;
	if (code == EXIT_DONE)
		code = live_find(o->operands[0], info);
	if (code == EXIT_DONE)
		code = live_load_cell(o->operands[0], board, cell);
	if (code != EXIT_DONE)
		return code;
	cell->id = info->id;
	cpus_known(cell);
	if (o->count > 1 && !split_address(o->operands[1], at)) {
		message_error(NULL, "usage", "what follows '@' is not an address");
		message_fix("cellctl load CELL FILE@0x40000000");
		return EXIT_BAD_USAGE;
	}
	if (o->count < 2 && !cell->kernel) {
		message_error(NULL, "usage", "the file of cell '%s' names no kernel, so there is nothing to load", cell->name);
		message_fix("cellctl load %s FILE", cell->name);
		return EXIT_BAD_USAGE;
	}
	if (o->count > 1 ? layout_file(cell, o->operands[1], *at, layout, &problem) : layout_cell(cell, layout, &problem))
		return layout_failed(&problem);
	return EXIT_DONE;
}

enum exit_code verb_load(const struct options *o)
{
	struct cell *cell = mem_alloc(sizeof(*cell));
	struct cell_info info;
	struct layout layout;
	u64 at;
	enum exit_code code = find_layout(o, cell, &info, &at, &layout);

	if (code == EXIT_DONE)
		code = load_layout(cell, &layout, at != BLOB_ANY);
	if (code != EXIT_DONE)
		return code;
	show_cell(cell, "loaded");
	show_layout(&layout);
	return EXIT_DONE;
}

/* --- start, stop, destroy, boot -------------------------------------------------------------------------------------------- */

static enum exit_code start_at(u32 id, u64 entry, u64 argument)
{
	struct bulkhead_start start = { .id = id, .entry = entry, .argument = argument };

	return DRIVER_CALL("start", BULKHEAD_START, &start);
}

/* By hand: what the monitor counted begins anew, before the cell can fail again. */
static enum exit_code start_by_hand(const char *name, u32 id, u64 entry, u64 argument)
{
	struct policy_tries before = live_load_tries(name);
	struct policy policy;
	enum exit_code code;

	live_forget_tries(name);
	code = start_at(id, entry, argument);
	if (code != EXIT_DONE && (before.count || before.given_up))
		(void)live_save_tries(name, &before);
	if (code != EXIT_DONE || !live_policy(name, &policy) || (policy.restart == BLOB_RESTART_NEVER && !policy.watchdog_ms) ||
	    live_monitor())
		return code;
	message_warning(NULL, "monitor-missing", "cell '%s' has a restart policy or a watchdog, and no monitor runs", name);
	message_fix("cellctl monitor &");
	return code;
}

enum exit_code verb_start(const struct options *o)
{
	struct live_run run;
	struct cell_info info;
	enum exit_code code = driver_open_enabled();

	if (code == EXIT_DONE)
		code = live_find(o->operands[0], &info);
	if (code != EXIT_DONE)
		return code;
	run = live_load_run(info.name);
	run.entry = o->entry != BLOB_ANY ? o->entry : run.entry;
	run.argument = o->argument != BLOB_ANY ? o->argument : run.argument;
	if (run.entry == BLOB_ANY) {
		message_error(NULL, "cell-state", "nothing was loaded into cell '%s'", info.name);
		message_fix("cellctl load %s FILE, or give --entry ADDRESS", info.name);
		return EXIT_FAILED;
	}
	code = start_by_hand(info.name, info.id, run.entry, run.argument);
	if (code != EXIT_DONE)
		return code;
	output_string("cell", "cell", info.name);
	output_string("state", "state", "running");
	return EXIT_DONE;
}

static enum exit_code driver_cell(const char *step, unsigned long command, u32 id, bool force)
{
	struct bulkhead_cell request = { .id = id, .flags = force ? BULKHEAD_STOP_FORCE : 0 };

	return DRIVER_CALL(step, command, &request);
}

static enum exit_code change_cell(const struct options *o, const char *step, unsigned long command, bool force, const char *state)
{
	struct cell_info info;
	enum exit_code code = driver_open_enabled();

	if (code == EXIT_DONE)
		code = live_find(o->operands[0], &info);
	if (code == EXIT_DONE)
		code = driver_cell(step, command, info.id, force);
	if (code != EXIT_DONE)
		return code;
	output_string("cell", "cell", info.name);
	output_string("state", "state", state);
	return EXIT_DONE;
}

enum exit_code verb_suspend(const struct options *o)
{
	return change_cell(o, "suspend", BULKHEAD_SUSPEND, o->force, "suspended");
}

enum exit_code verb_resume(const struct options *o)
{
	return change_cell(o, "resume", BULKHEAD_RESUME, false, "running");
}

/* The files are there before anything stops. RAM that they do not cover stays as the guest left it. */
static enum exit_code load_again(const struct options *o, struct cell *cell, struct layout *layout)
{
	struct cell_info info;
	u64 at;
	enum exit_code code = find_layout(o, cell, &info, &at, layout);

	if (code != EXIT_DONE)
		return code;
	if (!state_after(VERB_RESET, info.state)) {
		message_error(NULL, "cell-state", "cell %s is %s, and reset does not apply", info.name, live_state(info.state));
		message_fix("cellctl help states shows what does");
		return EXIT_FAILED;
	}
	if (state_after(VERB_STOP, info.state))
		code = driver_cell("stop", BULKHEAD_STOP, info.id, o->force);
	return code == EXIT_DONE ? load_layout(cell, layout, false) : code;
}

enum exit_code cell_restart(const struct options *o, struct cell *cell)
{
	struct layout layout;
	enum exit_code code = load_again(o, cell, &layout);

	return code == EXIT_DONE ? start_at(cell->id, layout.entry, layout.argument) : code;
}

enum exit_code verb_reset(const struct options *o)
{
	struct cell *cell = mem_alloc(sizeof(*cell));
	struct layout layout;
	enum exit_code code = load_again(o, cell, &layout);

	if (code == EXIT_DONE)
		code = start_by_hand(cell->name, cell->id, layout.entry, layout.argument);
	if (code != EXIT_DONE)
		return code;
	show_cell(cell, "running");
	return EXIT_DONE;
}

enum exit_code verb_stop(const struct options *o)
{
	return change_cell(o, "stop", BULKHEAD_STOP, o->force, "stopped");
}

enum exit_code verb_destroy(const struct options *o)
{
	enum exit_code code = change_cell(o, "destroy", BULKHEAD_DESTROY, o->force, "destroyed");

	if (code == EXIT_DONE)
		live_forget(o->operands[0]);
	return code;
}

/* A cell that cannot be loaded or started is not left behind. */
static void undo_create(const struct cell *cell)
{
	struct bulkhead_cell request = { .size = sizeof(request), .flags = BULKHEAD_STOP_FORCE, .id = cell->id };

	if (!driver_query(BULKHEAD_DESTROY, &request, sizeof(request)))
		live_forget(cell->name);
}

enum exit_code verb_boot(const struct options *o)
{
	struct board *board = mem_alloc(sizeof(*board));
	struct cell *cell = mem_alloc(sizeof(*cell));
	struct layout layout;
	struct layout_problem problem;
	enum exit_code code = load_board(o, board);

	if (code == EXIT_DONE)
		code = create_cell(o, board, cell);
	if (code != EXIT_DONE)
		return code;
	cpus_known(cell);
	if (layout_cell(cell, &layout, &problem)) {
		code = layout_failed(&problem);
	} else if (!layout.count) {
		message_error(NULL, "file-missing", "the file of cell '%s' names no kernel to boot", cell->name);
		message_fix("add chosen { kernel = \"...\"; };, or use create, load and start");
		code = EXIT_INVALID;
	} else {
		code = load_layout(cell, &layout, false);
	}
	if (code == EXIT_DONE)
		code = start_by_hand(cell->name, cell->id, layout.entry, layout.argument);
	if (code != EXIT_DONE) {
		undo_create(cell);
		return code;
	}
	show_cell(cell, "running");
	show_layout(&layout);
	return EXIT_DONE;
}
