// SPDX-License-Identifier: GPL-2.0-only
/*
 * `cellctl monitor`: carries out what cell files say of restarts and watchdogs; policy.c decides. It sleeps until the driver sends a uevent
 * or a heartbeat is due. Cells do not need it to go on: what it knows of them is in /run/bulkhead and in the hypervisor.
 */
#include "verbs.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bulkhead/abi/comm.h>

#include "output.h"

#define KERNEL_EVENTS 1 /* group of the kernel's own */

struct watched {
	char name[BULKHEAD_NAME_SIZE]; /* "": not known yet, or gone */
	bool began;                    /* started or resumed since the last look */
	bool unsaved;                  /* tries could not be written: the only copy is here */
	bool unstoppable;              /* said once */
	u32 told;                      /* state of an end that was reported */
	struct policy policy;
	struct policy_tries tries;
	struct policy_watch watch;
};

static struct watched cells[BULKHEAD_MAX_CPUS + 1]; /* by id; a cell has a CPU */
static int events = -1, timer = -1;
static bool heard; /* since it was last false */
static const struct options *options;

/* One line of text, or one JSON object. Messages since the last one go with it. */
static void say(const char *event, const struct cell_info *info, const char *text)
{
	const struct watched *w = info ? &cells[info->id] : NULL;

	output_begin("monitor", options->json);
	output_string("event", NULL, event);
	if (w) {
		output_string("cell", NULL, info->name);
		output_string("cause", NULL, fault_name(info->fault.cause));
		output_number("counter", NULL, info->fault.counter);
		output_number("restarts", NULL, w->tries.count);
		output_line("cell %s: %s", info->name, text);
	} else {
		output_line("%s", text);
	}
	output_end(!message_errors());
	message_forget();
}

/* --- uevents --------------------------------------------------------------------------------------------------------------- */

static const char *event_field(const char *text, const char *end, const char *key)
{
	for (; text < end; text += strlen(text) + 1)
		if (!strncmp(text, key, strlen(key)))
			return text + strlen(key);
	return "";
}

static void event_take(const char *text, const char *end)
{
	const char *event = event_field(text, end, "BULKHEAD_EVENT="), *name = event_field(text, end, "BULKHEAD_CELL=");
	bool began = !strcmp(event_field(text, end, "BULKHEAD_STATE="), "running");
	bool other = !strcmp(event, "create") || !strcmp(event, "destroy");

	for (u32 i = 0; *name && i < ARRAY_SIZE(cells); i++) {
		if (strcmp(cells[i].name, name))
			continue;
		cells[i].began |= began;
		if (other)
			cells[i].name[0] = '\0';
	}
}

/* All that came. When some were lost, everything is learnt again. */
static void events_hear(void)
{
	char text[8192 + 1];

	for (;;) {
		struct sockaddr_nl from = { 0 };
		socklen_t size = sizeof(from);
		ssize_t n = recvfrom(events, text, sizeof(text) - 1, MSG_DONTWAIT, (struct sockaddr *)&from, &size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ENOBUFS)
			memset(cells, 0, sizeof(cells)), heard = true;
		else if (n < 0)
			return;
		if (n <= 0 || from.nl_pid) /* only the kernel's word counts */
			continue;
		text[n] = '\0';
		heard = true;
		event_take(text, text + n);
	}
}

/* --- cells ----------------------------------------------------------------------------------------------------------------- */

/* False: nothing can be known yet. */
static bool cell_learn(struct watched *w, const struct cell_info *info)
{
	if (!strcmp(w->name, info->name))
		return true;
	if (info->state == CELL_CREATED || info->state == CELL_DESTROYED) /* its creator has not written its record yet */
		return false;
	*w = (struct watched){ .began = true };
	snprintf(w->name, sizeof(w->name), "%s", info->name);
	if (!live_policy(info->name, &w->policy)) {
		message_warning(NULL, "monitor-record", "cellctl has no record of the file of cell '%s', so nothing is done for it",
				info->name);
		message_fix("destroy it and create it again with cellctl");
		say("unknown", info, "is not watched");
	}
	return true;
}

static void tries_save(struct watched *w)
{
	int err = live_save_tries(w->name, &w->tries);

	w->unsaved = err;
	if (!err)
		return;
	message_warning(NULL, "monitor-record", "restarts of cell '%s' are not written to /run/bulkhead: %s", w->name, strerror(-err));
	message_fix("make room there: another monitor would count anew");
}

/* The restart runs in a process of its own: it reads files and a board, and ends with the monitor. */
static bool restart(char *name)
{
	const struct options o = { .board = options->board, .json = options->json, .operands = &name, .count = 1 };
	pid_t parent = getpid(), child;
	struct cell *cell;
	enum exit_code code;
	int status = 0;

	fflush(NULL);
	child = fork();
	if (child) {
		while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILED);
	cell = mem_alloc(sizeof(*cell));
	code = cell_restart(&o, cell);
	if (code != EXIT_DONE) {
		output_begin("reset", o.json);
		output_end(false);
	}
	fflush(NULL);
	_exit((int)code);
}

static const char *ended(const struct cell_info *info)
{
	return mem_format("%s [%s]", live_state(info->state), fault_name(info->fault.cause));
}

static void act_restart(struct watched *w, const struct cell_info *info)
{
	bool done;

	tries_save(w); /* before anything is changed */
	done = restart(w->name);
	w->tries.pending = false;
	w->tries.given_up = !done;
	w->told = done ? CELL_FREE : info->state;
	tries_save(w);
	say(done ? "restarted" : "restart-failed", info,
	    done ? mem_format("%s; started again, %u of %u in 60 s", ended(info), w->tries.count, w->policy.limit)
		 : mem_format("%s, and cannot be started again: it stays as it is until 'cellctl reset %s'", ended(info), w->name));
}

static void act_give_up(struct watched *w, const struct cell_info *info)
{
	tries_save(w);
	w->told = info->state;
	say("given-up", info,
	    mem_format("%s once more after %u restarts in 60 s: it stays so until 'cellctl reset %s'", ended(info), w->tries.count,
		       w->name));
}

/* True: it has failed now. */
static bool act_hung(struct watched *w, const struct cell_info *info)
{
	struct bulkhead_cell request = { .id = info->id, .flags = BULKHEAD_STOP_WATCHDOG | BULKHEAD_STOP_FORCE };

	w->watch.armed = false;
	if (DRIVER_CALL("hang", BULKHEAD_STOP, &request) == EXIT_DONE) {
		say("hung", info, mem_format("its heartbeat stood still for %u ms", w->policy.watchdog_ms));
		return true;
	}
	if (!w->unstoppable)
		say("hung", info, "its heartbeat stands still, and it cannot be stopped");
	w->unstoppable = true;
	message_forget();
	return false;
}

/* Ends that nothing is done about; each once. */
static void tell_end(struct watched *w, const struct cell_info *info)
{
	bool ended_now = info->state == CELL_FAILED || (info->state == CELL_STOPPED && info->fault.cause);

	if (ended_now && w->told != info->state)
		say("ended", info, mem_format("%s%s", ended(info), w->tries.given_up ? "; it was given up" : ""));
	w->told = ended_now ? info->state : CELL_FREE;
}

/* One look at a cell and what follows from it. True: look again. */
static bool cell_look(struct watched *w, const struct cell_info *info)
{
	struct bulkhead_comm comm = { .id = info->id };
	struct policy_sight sight = { .now = time_ns(), .state = info->state, .cause = info->fault.cause, .began = w->began };

	if (!driver_query(BULKHEAD_COMM, &comm, sizeof(comm))) {
		sight.heartbeat = comm.heartbeat;
		sight.asked = COMM_WHAT(comm.request) == COMM_SHUTDOWN;
		sight.agreed = sight.asked && comm.answer == (COMM_NUMBER(comm.request) << 8 | COMM_SEEN);
	}
	if (w->began)
		w->told = CELL_FREE;
	if (!w->unsaved && (w->began || info->state != CELL_RUNNING))
		w->tries = live_load_tries(w->name); /* somebody may have started it by hand */
	w->began = false;
	switch (policy_decide(&w->policy, &w->tries, &w->watch, &sight)) {
	case POLICY_RESTART: act_restart(w, info); return true;
	case POLICY_GIVE_UP: act_give_up(w, info); return false;
	case POLICY_HUNG: return act_hung(w, info);
	case POLICY_DONE: tries_save(w); break;
	case POLICY_NOTHING: break;
	}
	tell_end(w, info);
	return false;
}

/* Each as it is now: what came while another was restarted counts. 0, or -ENODEV: Bulkhead was disabled. */
static int cells_look(void)
{
	struct cell_info info;
	int err = 0;

	for (u32 id = 0; !err; id = info.id + 1) {
		events_hear();
		err = live_next(id, &info);
		while (!err && info.id < ARRAY_SIZE(cells) && cell_learn(&cells[info.id], &info) && cell_look(&cells[info.id], &info))
			err = live_next(info.id, &info);
	}
	return err == -ENODEV ? err : 0;
}

static void timer_set(void)
{
	struct itimerspec at = { 0 };
	u64 next = 0;

	for (u32 i = 0; i < ARRAY_SIZE(cells); i++)
		if (*cells[i].name && cells[i].watch.armed && (!next || cells[i].watch.deadline < next))
			next = cells[i].watch.deadline;
	at.it_value.tv_sec = (time_t)(next / 1000000000u);
	at.it_value.tv_nsec = (long)(next % 1000000000u);
	timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

/* --- the verb -------------------------------------------------------------------------------------------------------------- */

static enum exit_code become_monitor(void)
{
	int other = live_become_monitor();
	struct bytes name = { 0 };

	if (!other)
		return EXIT_DONE;
	if (other < 0) {
		message_error(NULL, "failed", "/run/bulkhead/monitor.lock: %s", strerror(-other));
		message_fix("make /run writable");
		return EXIT_FAILED;
	}
	(void)file_read(mem_format("/proc/%d/comm", other), 64, &name);
	message_error(NULL, "monitor-runs", "a monitor runs already: pid %d (%.*s)", other,
		      (int)strcspn(name.size ? (char *)name.data : "", "\n"), name.size ? (const char *)name.data : "");
	message_fix("leave it to that one, or end it first: kill %d", other);
	return EXIT_FAILED;
}

static enum exit_code open_events(void)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_EVENTS };

	events = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (events >= 0 && timer >= 0 && !bind(events, (const struct sockaddr *)&address, sizeof(address)))
		return EXIT_DONE;
	message_error(NULL, "failed", "the kernel's events cannot be heard: %s", strerror(errno));
	message_fix("run it in the root's own network namespace, on a kernel with CONFIG_NET");
	return EXIT_FAILED;
}

enum exit_code verb_monitor(const struct options *o)
{
	enum exit_code code = driver_open_enabled();
	const void *mark = mem_mark();

	options = o;
	if (code == EXIT_DONE)
		code = become_monitor();
	if (code == EXIT_DONE)
		code = open_events();
	if (code != EXIT_DONE)
		return code;
	say("watching", NULL, "watching the cells");
	for (;;) {
		struct pollfd wait[] = { { .fd = events, .events = POLLIN }, { .fd = timer, .events = POLLIN } };

		heard = false;
		if (cells_look())
			break;
		timer_set();
		message_forget();
		mem_free_since(mark);
		if (!heard)
			poll(wait, ARRAY_SIZE(wait), -1);
	}
	say("disabled", NULL, "Bulkhead was disabled: there is nothing to watch");
	return EXIT_DONE;
}
