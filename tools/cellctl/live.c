// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cells that exist. CPUs and memory come from the driver; devices, interrupts and entry points from what create and load
 * kept in /run/bulkhead, which is a convenience: the hypervisor's ledger decides.
 */
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blobfile.h"

#define RUN_DIR "/run/bulkhead"

static const char *run_path(const char *name, const char *suffix)
{
	return mem_format(RUN_DIR "/%s.%s", name, suffix);
}

const char *live_state(u32 state)
{
	static const char *const names[CELL_STATES] = { "free",      "created", "loaded", "running",
							"suspended", "stopped", "failed", "destroyed" };

	return state < CELL_STATES ? names[state] : "unknown";
}

const char *live_cpus(const struct cell_info *info)
{
	const char *list = "";

	for (u32 i = 0; i < info->cpu_count && i < BULKHEAD_MAX_CPUS; i++)
		list = mem_format("%s%s%u", list, i ? "," : "", info->cpus[i]);
	return list;
}

static void from_info(struct cell *cell, const struct cell_info *info, const struct board *board)
{
	cell->board = board;
	cell->id = info->id;
	snprintf(cell->name, sizeof(cell->name), "%.*s", BULKHEAD_NAME_SIZE - 1, info->name);
	cell->name_given = cell->name;
	cell->cpus_any = false;
	cell->cpu_count = info->cpu_count < BULKHEAD_MAX_CPUS ? info->cpu_count : BULKHEAD_MAX_CPUS;
	memcpy(cell->cpus, info->cpus, sizeof(cell->cpus));
	cell->memory_count = info->memory_count < CELL_MAX_MEMORY ? info->memory_count : CELL_MAX_MEMORY;
	for (u32 i = 0; i < cell->memory_count; i++) {
		cell->memory[i].range = range_make(info->memory[i].gpa, info->memory[i].size);
		cell->memory[i].host = info->memory[i].host;
	}
}

int live_next(u32 from, struct cell_info *info)
{
	struct bulkhead_cell_query query = { .flags = BULKHEAD_QUERY_NEXT, .info.id = from };
	int err = driver_query(BULKHEAD_CELL_QUERY, &query, sizeof(query));

	*info = query.info;
	info->name[BULKHEAD_NAME_SIZE - 1] = '\0';
	return !err && info->id < from ? -EPROTO : err;
}

int live_next_window(u32 from, struct window_header *header)
{
	struct bulkhead_window_query query = { .header.id = from };
	int err = driver_query(BULKHEAD_WINDOW_QUERY, &query, sizeof(query));

	*header = query.header;
	header->window.channel[BULKHEAD_NAME_SIZE - 1] = '\0';
	for (u32 i = 0; i < WINDOW_MEMBERS; i++)
		header->window.members[i][BULKHEAD_NAME_SIZE - 1] = '\0';
	return !err && header->id < from ? -EPROTO : err;
}

/* Interrupts of doorbells were chosen when the cell was created, among those free then. */
static void known_doorbells(struct cell *cell, const char *name)
{
	struct blob_cell_window windows[WINDOW_CELL_MAX];
	u32 count = live_windows(name, windows);

	for (u32 i = 0; i < count && i < cell->window_count; i++)
		cell_set_doorbell(cell, i, windows[i].irq);
}

enum exit_code live_read(const struct board *board, struct live *live)
{
	struct bulkhead_status status = { 0 };
	struct cell_info info;
	int err;

	memset(live, 0, sizeof(*live));
	err = driver_query(BULKHEAD_STATUS, &status, sizeof(status));
	if (!err && status.enabled)
		live->hypervisor = range_make(status.system.memory_base, status.system.memory_size);
	for (u32 id = 0; !err && !live_next(id, &info); id = info.id + 1) {
		struct cell *cell = mem_alloc(sizeof(*cell));
		const char *file = run_path(info.name, "cell");

		/* Only for its devices and interrupts; complaints about it would confuse. */
		if (board && file_exists(file) && cell_load(file, board, cell))
			memset(cell, 0, sizeof(*cell));
		known_doorbells(cell, info.name);
		from_info(cell, &info, board);
		live->cells = mem_grow(live->cells, live->count * sizeof(*live->cells), (live->count + 1) * sizeof(*live->cells));
		live->cells[live->count++] = cell;
	}
	if (!err)
		return EXIT_DONE;
	message_error(NULL, "failed", "the driver does not answer: %s", strerror(-err));
	return EXIT_FAILED;
}

enum exit_code live_find(const char *name, struct cell_info *info)
{
	const char *names[BULKHEAD_MAX_CPUS + 1];
	u32 count = 0;

	for (u32 id = 0; !live_next(id, info); id = info->id + 1) {
		if (!strcmp(info->name, name))
			return EXIT_DONE;
		if (count < BULKHEAD_MAX_CPUS)
			names[count++] = mem_copy(info->name, strlen(info->name));
	}
	names[count] = NULL;
	message_error(NULL, "cell-unknown", "there is no cell '%s'%s", name, suggest_text(name, names));
	message_fix(count ? "'cellctl list' shows the cells"
			  : "there are no cells: make one with 'cellctl create FILE' or 'cellctl boot FILE'");
	return EXIT_FAILED;
}

/* --- /run/bulkhead --------------------------------------------------------------------------------------------------------- */

void live_save_cell(const struct cell *cell, struct bytes blob)
{
	struct bytes file = blobfile_write(blob, &cell->tree);
	char dir[4096];

	mkdir(RUN_DIR, 0700);
	live_forget(cell->name);
	if (file_write(run_path(cell->name, "cell"), file.data, file.size, 0600))
		return;
	/* Paths in the file are relative to where it was. */
	if (realpath(cell->tree.dir, dir))
		file_write(run_path(cell->name, "dir"), dir, strlen(dir), 0600);
}

void live_save_run(const char *name, const struct live_run *run)
{
	const char *text = mem_format("0x%llx 0x%llx\n", (unsigned long long)run->entry, (unsigned long long)run->argument);

	mkdir(RUN_DIR, 0700);
	file_write(run_path(name, "run"), text, strlen(text), 0600);
}

struct live_run live_load_run(const char *name)
{
	struct live_run run = { .entry = BLOB_ANY };
	unsigned long long entry, argument;
	struct bytes text;

	if (!file_read(run_path(name, "run"), 256, &text) && sscanf((const char *)text.data, "%llx %llx", &entry, &argument) == 2)
		run = (struct live_run){ .entry = entry, .argument = argument };
	return run;
}

static int read_record(const char *name, struct bytes *file)
{
	return file_read(run_path(name, "cell"), BLOB_MAX_SIZE * 16, file);
}

u32 live_windows(const char *name, struct blob_cell_window windows[WINDOW_CELL_MAX])
{
	struct bytes file;

	return read_record(name, &file) ? 0 : blobfile_windows(file, windows);
}

enum exit_code live_load_cell(const char *name, const struct board *board, struct cell *cell)
{
	const char *file = run_path(name, "cell");
	struct bytes dir;

	if (!file_exists(file)) {
		message_error(NULL, "failed", "cellctl has no record of what cell '%s' was created from", name);
		message_fix("destroy it and create it again");
		return EXIT_FAILED;
	}
	if (cell_load(file, board, cell))
		return EXIT_INVALID;
	snprintf(cell->name, sizeof(cell->name), "%s", name);
	known_doorbells(cell, name);
	if (!file_read(run_path(name, "dir"), 4096, &dir))
		cell->tree.dir = (const char *)dir.data;
	return EXIT_DONE;
}

void live_forget(const char *name)
{
	static const char *const suffixes[] = { "cell", "dir", "run", "tries" };

	for (u32 i = 0; i < ARRAY_SIZE(suffixes); i++)
		unlink(run_path(name, suffixes[i]));
}

/* --- what the monitor goes by ---------------------------------------------------------------------------------------------- */

bool live_policy(const char *name, struct policy *policy)
{
	struct blob_cell config;
	struct bytes file;

	memset(policy, 0, sizeof(*policy));
	if (read_record(name, &file) || !blobfile_config(file, &config))
		return false;
	*policy = (struct policy){ .restart = config.restart, .limit = config.restart_limit, .watchdog_ms = config.watchdog_ms };
	return true;
}

struct policy_tries live_load_tries(const char *name)
{
	struct policy_tries tries = { 0 };
	unsigned long long since;
	unsigned int count, given_up, pending;
	struct bytes text;
	int err = file_read(run_path(name, "tries"), 256, &text);

	if (err == -ENOENT)
		return tries;
	if (!err && sscanf((const char *)text.data, "%llu %u %u %u", &since, &count, &given_up, &pending) == 4)
		return (struct policy_tries){ .since = since, .count = count, .given_up = given_up, .pending = pending };
	message_warning(NULL, "monitor-record", "the record of restarts of cell '%s' cannot be read: it counts as given up", name);
	message_fix("cellctl reset %s", name);
	tries.given_up = true;
	return tries;
}

int live_save_tries(const char *name, const struct policy_tries *tries)
{
	const char *path = run_path(name, "tries"), *fresh = run_path(name, "tries-new");
	const char *text = mem_format("%llu %u %u %u\n", (unsigned long long)tries->since, tries->count, tries->given_up, tries->pending);
	int err = file_write(fresh, text, strlen(text), 0600);

	if (!err && rename(fresh, path))
		err = -errno;
	return err;
}

void live_forget_tries(const char *name)
{
	unlink(run_path(name, "tries"));
}

/* A lock of the kernel's, so that a monitor that was killed leaves none. */
static int monitor_lock(int command, struct flock *lock)
{
	int file, err;

	mkdir(RUN_DIR, 0700);
	file = open(RUN_DIR "/monitor.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0)
		return -errno;
	*lock = (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
	err = fcntl(file, command, lock) ? -errno : 0;
	if (err || command == F_GETLK)
		close(file);
	return err;
}

/* Not in the monitor itself: closing the file again would give up its lock. */
int live_monitor(void)
{
	struct flock lock = { .l_type = F_UNLCK };

	return !monitor_lock(F_GETLK, &lock) && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

int live_become_monitor(void)
{
	struct flock lock = { .l_type = F_UNLCK };
	int err = monitor_lock(F_SETLK, &lock);

	return err == -EAGAIN || err == -EACCES ? live_monitor() : err;
}
