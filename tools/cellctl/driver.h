/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * driver.c: talking to /dev/bulkhead. Every failure is reported under an id of its own with what to do, from the driver's
 * message where there is one. steps: the crash points, one for each ioctl that changes something.
 */
#ifndef CELLCTL_DRIVER_H
#define CELLCTL_DRIVER_H

#include <bulkhead/abi/ioctl.h>

#include "model.h"
#include "policy.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_BAD_USAGE = 2,
	EXIT_INVALID = 3,
	EXIT_NO_DRIVER = 4,
	EXIT_NOT_ROOT = 5,
	EXIT_TIMED_OUT = 6
};

/* Needed before all that follow. EXIT_DONE, or reported. */
enum exit_code driver_open(void);
/* Also that the hypervisor runs. */
enum exit_code driver_open_enabled(void);
void driver_close(void);

/* argument starts with size and flags; size is filled here. message: inside argument, or NULL. */
enum exit_code driver_call(const char *step, unsigned long command, void *argument, u32 size, char *message);
#define DRIVER_CALL(step, command, argument) driver_call(step, command, argument, sizeof(*(argument)), (argument)->message)
/* Same for calls that only look; negative errno, nothing reported. */
int driver_query(unsigned long command, void *argument, u32 size);

/* Ids that this part and the verbs report. help NULL: not one of them. */
const char *driver_help(const char *id);
const char *driver_id(u32 index);

/* Crash points: prints those of one verb, or "VERB STEP" of all (NULL); false: the verb has none. */
bool steps_list(const char *verb);
/* Stops this process with SIGSTOP if BULKHEAD_STOP_AT names the step. */
void steps_pass(const char *step);

/* --- live.c: cells that exist, as models, and what cellctl keeps about them in /run/bulkhead --- */
struct live {
	const struct cell **cells;
	u32 count;
	struct range hypervisor;
};

/* board NULL: names, CPUs and memory only. */
enum exit_code live_read(const struct board *board, struct live *live);
/* The first cell with an id from `from` on: 0, -ENOENT: none, -ENODEV: not enabled. */
int live_next(u32 from, struct cell_info *info);
/* The same for shared windows. */
int live_next_window(u32 from, struct window_header *header);
/* Fills info for the cell; reports cell-unknown with a suggestion. */
enum exit_code live_find(const char *name, struct cell_info *info);
const char *live_state(u32 state);
/* "1,3" */
const char *live_cpus(const struct cell_info *info);

struct live_run { /* what start needs; BLOB_ANY: nothing was loaded */
	u64 entry;
	u64 argument;
};

void live_save_cell(const struct cell *cell, struct bytes blob);
void live_save_run(const char *name, const struct live_run *run);
struct live_run live_load_run(const char *name);
/* The model the cell was created from: EXIT_DONE or reported. */
enum exit_code live_load_cell(const char *name, const struct board *board, struct cell *cell);
/* Its shared windows as they were created; 0: none, or there is no record of it. */
u32 live_windows(const char *name, struct blob_cell_window windows[WINDOW_CELL_MAX]);
void live_forget(const char *name);

/* What its file says. False: there is no record of it. */
bool live_policy(const char *name, struct policy *policy);
/* Nothing kept: no restart yet. A damaged record counts as given up, with a warning. */
struct policy_tries live_load_tries(const char *name);
int live_save_tries(const char *name, const struct policy_tries *tries); /* whole, or as it was before: 0 or negative errno */
void live_forget_tries(const char *name);                                /* the cell was started by hand */

/* There is one monitor. 0: this process is it, until it ends; a process that is it already; or negative errno. */
int live_become_monitor(void);
int live_monitor(void); /* 0: none */

#endif
