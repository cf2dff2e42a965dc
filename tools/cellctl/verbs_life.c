// SPDX-License-Identifier: GPL-2.0-only
/* shutdown, which waits for the guest; verbs of the whole machine: disable, lock, confirm. */
#include "verbs.h"

#include <bulkhead/abi/comm.h>
#include <time.h>

#include "output.h"

#define LOOK_NS 20000000 /* between two looks at the comm page */

static u32 state_of(u32 id)
{
	struct bulkhead_cell_query query = { .info.id = id };

	return driver_query(BULKHEAD_CELL_QUERY, &query, sizeof(query)) ? CELL_FREE : query.info.state;
}

/* What the guest answered to this request; 0: nothing. */
static u32 answer_to(u32 id, u32 request)
{
	struct bulkhead_comm comm = { .id = id };

	if (driver_query(BULKHEAD_COMM, &comm, sizeof(comm)) || COMM_NUMBER(comm.answer) != COMM_NUMBER(request))
		return 0;
	return COMM_WHAT(comm.answer);
}

static enum exit_code ended(const struct cell_info *info, u32 state)
{
	if (state == CELL_STOPPED) {
		output_string("cell", "cell", info->name);
		output_string("state", "state", "stopped");
		return EXIT_DONE;
	}
	message_error(NULL, "cell-state", "cell '%s' did not shut down: it is %s now", info->name,
		      state == CELL_FREE ? "gone" : live_state(state));
	message_fix("cellctl show %s", info->name);
	return EXIT_FAILED;
}

static enum exit_code wait_end(const struct cell_info *info, u32 request, u64 seconds)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	u64 end = time_ns() + seconds * 1000000000u;
	u32 answer;

	for (;;) {
		u32 state = state_of(info->id);

		if (state != CELL_RUNNING)
			return ended(info, state);
		answer = answer_to(info->id, request);
		if (answer == COMM_REFUSED) {
			message_error(NULL, "shutdown-refused", "the guest of cell '%s' refuses to shut down; it goes on", info->name);
			message_fix("ask again later, or stop it at once: cellctl stop %s", info->name);
			return EXIT_FAILED;
		}
		if (time_ns() >= end)
			break;
		nanosleep(&pause, NULL);
	}
	message_error(NULL, "timed-out", "cell '%s' goes on: its guest %s %llu s", info->name,
		      answer == COMM_SEEN ? "saw the request and did not end in" : "did not look at the request for",
		      (unsigned long long)seconds);
	message_fix(answer == COMM_SEEN ? "wait longer with --timeout SECONDS, or stop it at once: cellctl stop %s"
					: "a guest that knows of no requests (Linux) is ended from inside, or at once: cellctl stop %s",
		    info->name);
	return EXIT_TIMED_OUT;
}

enum exit_code verb_shutdown(const struct options *o)
{
	struct bulkhead_cell request = { 0 };
	struct cell_info info;
	enum exit_code code = driver_open_enabled();

	if (code == EXIT_DONE)
		code = live_find(o->operands[0], &info);
	if (code != EXIT_DONE)
		return code;
	request.id = info.id;
	code = DRIVER_CALL("shutdown", BULKHEAD_SHUTDOWN, &request);
	return code == EXIT_DONE ? wait_end(&info, request.request, o->timeout) : code;
}

static enum exit_code whole_machine(enum exit_code opened, const char *step, unsigned long command, const char *done)
{
	struct bulkhead_simple request = { 0 };
	enum exit_code code = opened == EXIT_DONE ? DRIVER_CALL(step, command, &request) : opened;

	if (code == EXIT_DONE)
		output_line(done);
	return code;
}

enum exit_code verb_disable(const struct options *o)
{
	(void)o;
	return whole_machine(driver_open(), "disable", BULKHEAD_DISABLE, "disabled: the machine is the root's again");
}

enum exit_code verb_lock(const struct options *o)
{
	(void)o;
	return whole_machine(driver_open_enabled(), "lock", BULKHEAD_LOCK, "locked: nothing changes its owner until the machine is reset");
}

enum exit_code verb_confirm(const struct options *o)
{
	(void)o;
	return whole_machine(driver_open_enabled(), "confirm", BULKHEAD_CONFIRM, "confirmed: the hypervisor stays");
}
