// SPDX-License-Identifier: GPL-2.0-only
/* What is said with the root cell over T, and the verdict on each script. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BOOT_MS = 60000, MARK_MS = 10000 };

static int64_t deadline_in(int64_t ms)
{
	return now_ms() + (int64_t)((double)ms * places.slow);
}

static int event_code(struct vm *vm, enum event e, const char *during)
{
	switch (e) {
	case EV_PANIC: report_failure(vm, format("panic %s", during)); return RC_PANIC;
	case EV_TIMEOUT: report_failure(vm, format("timeout %s", during)); return RC_TIMEOUT;
	case EV_SILENT: report_failure(vm, format("silence on T and K %s", during)); return RC_TIMEOUT;
	case EV_DIED: report_failure(vm, format("QEMU ended %s", during)); return RC_DIED;
	case EV_LINE: break;
	}
	return RC_HARNESS;
}

static bool boot_line(struct vm *vm, const char *line)
{
	char *start = format("boot: %s text=", vm->nonce);
	bool hit = strncmp(line, start, strlen(start)) == 0;

	if (hit)
		vm->text = strtoull(line + strlen(start), NULL, 16);
	free(start);
	return hit;
}

/* "run: NONCE exit N": the status, or -1 if the line is something else. A wrong nonce is something else. */
static int exit_line(struct vm *vm, const char *line, const char *what)
{
	char *start = format("run: %s %s", vm->nonce, what);
	size_t length = strlen(start);
	int status = strncmp(line, start, length) != 0 ? -1 : atoi(line + length);

	free(start);
	return status;
}

/*
 * The stock kernel ships no System.map, so the first boot ever asks the kernel for its symbols and keeps them in the cache, for the reports
 * of later failures.
 */
static void symbols_keep(struct vm *vm)
{
	char *path = board_kernel(vm->board, "kallsyms"), *part = format("%s.%s", path, vm->nonce);
	char line[LINE_SIZE];
	int64_t deadline = deadline_in(BOOT_MS);
	bool done = false;
	FILE *f;

	if (access(path, R_OK) == 0 || (f = fopen(part, "w")) == NULL)
		return;
	vm_command(vm, "symbols\n");
	while (vm_wait(vm, deadline, line, sizeof(line)) == EV_LINE && !(done = exit_line(vm, line, "symbols") >= 0))
		fprintf(f, "%s\n", line);
	fclose(f);
	if (!done || rename(part, path) != 0)
		unlink(part);
	if (vm->channel[CH_T].log >= 0 && ftruncate(vm->channel[CH_T].log, 0) == 0)
		lseek(vm->channel[CH_T].log, 0, SEEK_SET);
}

/* Waits for /init. */
int session_boot(struct vm *vm)
{
	char line[LINE_SIZE];
	int64_t deadline = deadline_in(BOOT_MS);
	enum event e;

	while ((e = vm_wait(vm, deadline, line, sizeof(line))) == EV_LINE) {
		if (!boot_line(vm, line))
			continue;
		symbols_keep(vm);
		return 0;
	}
	return event_code(vm, e, "before /init");
}

/* What the program that the script's head names says of the logs so far: a file with it. It runs here, on the host. */
static char *program_run(struct vm *vm)
{
	char *said = format("%s/program.txt", vm->log_dir);
	char *command = format("'%s/%s' '%s' '%s' >'%s' 2>&1 </dev/null", places.top, vm->script->program, vm->log_dir, places.out, said);

	/* What it said goes to the script, which judges it. */
	if (system(command) != 0) /* NOLINT: fixed text, names from the repository */
		fprintf(stderr, "run: %s failed\n", vm->script->program);
	free(command);
	return said;
}

/* Sends the guest a file the harness holds: the plugin's figures, what a program says, or the log so far of a channel. */
static void host_answer(struct vm *vm, const char *what)
{
	size_t size = 0;
	char *text, *path = NULL;

	if (strcmp(what, "plugin") == 0)
		path = format("%s/plugin.txt", vm->log_dir);
	if (strcmp(what, "program") == 0 && vm->script->program != NULL)
		path = program_run(vm);
	for (int i = 0; i < CHANNELS; i++) {
		if (vm->present[i] && strcmp(what, vm->channel[i].name) == 0)
			path = format("%s/%s.log", vm->log_dir, what);
	}
	text = path == NULL ? NULL : file_read(path, &size);
	if (size > 0)
		channel_send(&vm->channel[CH_T], text, size);
	if (size > 0 && text[size - 1] != '\n')
		channel_send(&vm->channel[CH_T], "\n", 1);
	vm_command(vm, "host: end\n");
	free(text);
	free(path);
}

struct verdict {
	struct tap tap;
	FILE *copy; /* the script's output, for a later replay */
	int resets;
};

static void output(struct verdict *v, const char *line)
{
	if (v->copy != NULL)
		fprintf(v->copy, "%s\n", line);
	if (!places.quiet) {
		puts(line);
		fflush(stdout);
	}
}

static bool word_line(struct vm *vm, const char *line)
{
	unsigned long long word;

	if (sscanf(line, "host: say word %llx", &word) != 1)
		return false;
	vm->after_word = word;
	return true;
}

/* A line of the running script; true if it was its end. */
static bool script_line(struct vm *vm, struct verdict *v, const char *line, int *status)
{
	on_text_run(vm, line);
	if (strncmp(line, "host: ask ", 10) == 0) {
		host_answer(vm, line + 10);
		return false;
	}
	if (word_line(vm, line))
		return false;
	if (strcmp(line, "host: say gone") == 0 && vm->script->after.gone) {
		vm->panicked = true;
		return false;
	}
	if (boot_line(vm, line)) {
		v->resets++;
		if (v->resets <= vm->script->resets)
			vm_command(vm, "run %s %d\n", vm->script->name, v->resets);
		return false;
	}
	*status = exit_line(vm, line, "exit ");
	if (*status >= 0)
		return true;
	tap_line(&v->tap, line);
	output(v, line);
	return false;
}

/* The script's last words on K: without its mark nobody knows whether K was clean. */
static enum event mark_wait(struct vm *vm)
{
	char line[LINE_SIZE];
	int64_t deadline = deadline_in(MARK_MS);
	enum event e;

	while (!vm->marked && now_ms() < deadline) {
		e = vm_wait(vm, now_ms() + 50, line, sizeof(line));
		if (e == EV_PANIC || e == EV_DIED)
			return e;
	}
	return vm->marked ? EV_LINE : EV_TIMEOUT;
}

static void host_point(struct verdict *v, bool ok, const char *text)
{
	char *line = format("%sok %d - %s", ok ? "" : "not ", v->tap.seen + 1, text);

	tap_line(&v->tap, line);
	output(v, line);
	free(line);
}

static bool expected_seen(const struct script *s)
{
	for (int i = 0; i < s->expect_count; i++)
		if (!s->expect_seen[i])
			return false;
	return true;
}

/*
 * The root is dead as planned; what is still to be said on its console, its dump kernel says. The cell's UART, or a word it counts in its
 * memory, must show that the cell is not.
 */
static int after_panic_judge(struct vm *vm, struct verdict *v)
{
	const struct after_panic *a = &vm->script->after;
	int64_t deadline = deadline_in((int64_t)a->seconds * 1000);
	char line[LINE_SIZE];
	enum event e;
	bool alive;
	long value;

	vm->after_seen = false;
	host_point(v, true, a->gone ? "the root went as planned" : "the root panicked as planned");
	do {
		vm->heard = now_ms();
		vm->panicked = false; /* the rest of its last words */
		e = vm_wait(vm, now_ms() + 200, line, sizeof(line));
		alive = e != EV_DIED;
		if (e == EV_LINE) /* T may be slower than K: the script said it before */
			word_line(vm, line);
		if (a->word && vm->after_word != 0 && alive && qmp_word(vm, vm->after_word, &value))
			vm_after(vm, value);
	} while (alive && now_ms() < deadline &&
		 !(vm->after_seen && vm->after_last - vm->after_first >= a->grow && expected_seen(vm->script)));
	host_point(v, vm->after_seen && vm->after_last - vm->after_first >= a->grow,
		   format("%s goes on after it: %ld to %ld", a->word ? "the word" : vm->channel[a->uart].name, vm->after_first,
			  vm->after_last));
	if (v->tap.plan < 0) {
		char *plan = format("1..%d", v->tap.seen);

		tap_line(&v->tap, plan);
		output(v, plan);
	}
	vm_kill(vm);
	return 0;
}

static const char *console_verdict(struct vm *vm)
{
	struct script *s = vm->script;

	if (vm->dirty[0] != '\0')
		return format("the root's console shows: %s", vm->dirty);
	return expected_seen(s) ? NULL : "a line announced by expect-K did not come";
}

/* Everything but the script's own status. */
static int judge(struct vm *vm, struct verdict *v, int status)
{
	const char *tap = tap_verdict(&v->tap, vm->script->is_test);
	const char *console = console_verdict(vm);

	if (console != NULL) {
		report_failure(vm, console);
		return vm->dirty[0] != '\0' ? RC_PANIC : RC_FAILED;
	}
	if (v->resets != vm->script->resets) {
		report_failure(vm, format("%d resets announced, %d seen", vm->script->resets, v->resets));
		return RC_FAILED;
	}
	if (status != 0 || tap != NULL)
		report_failure(vm, tap != NULL ? tap : format("exit status %d", status));
	return status != 0 ? status : tap != NULL ? RC_FAILED : 0;
}

static int script_follow(struct vm *vm, struct verdict *v)
{
	char line[LINE_SIZE];
	int64_t deadline = deadline_in((int64_t)vm->script->timeout * 1000);
	int status = -1;
	enum event e;

	vm_command(vm, "run %s\n", vm->script->name);
	while ((e = vm_wait(vm, deadline, line, sizeof(line))) == EV_LINE) {
		if (script_line(vm, v, line, &status))
			break;
	}
	if (e == EV_PANIC && vm->script->after.wanted) {
		status = after_panic_judge(vm, v);
		return judge(vm, v, status);
	}
	if (e != EV_LINE)
		return event_code(vm, e, format("in %s", vm->script->id));
	if (vm->script->after.wanted) {
		report_failure(vm, "the root was to panic and did not");
		return RC_FAILED;
	}
	e = mark_wait(vm);
	if (e == EV_PANIC || e == EV_DIED)
		return event_code(vm, e, format("after %s", vm->script->id));
	if (e != EV_LINE) {
		report_failure(vm, "channel K is silent: whether it is clean cannot be known");
		return RC_HARNESS;
	}
	return judge(vm, v, status);
}

/* Runs one script in a booted machine; its output also goes to LOGS/tap. */
int session_run(struct vm *vm, struct script *s)
{
	struct verdict v = { .copy = fopen(format("%s/tap", vm->log_dir), "w") };
	int code;

	tap_init(&v.tap);
	clocks_refresh();
	vm->script = s;
	vm->marked = vm->panicked = false;
	vm->dirty[0] = '\0';
	code = script_follow(vm, &v);
	if (v.copy != NULL)
		fclose(v.copy);
	file_write(format("%s/exit", vm->log_dir), format("%d\n", code));
	vm->script = NULL;
	return code;
}

/* The state every test must leave as it found it; false if the machine did not answer. */
bool session_baseline(struct vm *vm, char **text)
{
	char line[LINE_SIZE];
	int64_t deadline = deadline_in(30000);

	*text = format("%s", "");
	vm_command(vm, "baseline\n");
	while (vm_wait(vm, deadline, line, sizeof(line)) == EV_LINE) {
		if (exit_line(vm, line, "baseline") >= 0)
			return true;
		if (strncmp(line, "baseline: ", 10) == 0)
			*text = format("%s%s\n", *text, line + 10);
	}
	return false;
}

/* Powers off; QEMU must end by itself and K must still be clean. */
int session_end(struct vm *vm)
{
	bool well;

	if (vm->pid <= 0)
		return 0;
	vm_command(vm, "quit\n");
	well = vm_ended_well(vm);
	if (!well || vm->dirty[0] != '\0')
		report_failure(vm, well ? "console not clean at power-off" : "QEMU did not end by itself");
	vm_kill(vm);
	return vm->dirty[0] != '\0' ? RC_PANIC : well ? 0 : RC_DIED;
}
