// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many tests on one board. Those that can, share a boot; after each one the machine must be as it was before the first, else that test
 * fails and the next gets a fresh boot. Results stay in the log directories, from where tools/test hands them to prove.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shared {
	struct vm vm;
	bool booted;
	char *baseline;
	int boots;
};

/* What a test costs: when it began, by the clock and in processor time, and how much of the latter its boot took. */
struct cost {
	int64_t clock, cpu, boot;
};

static char *log_dir_of(const struct board *b, const struct script *s)
{
	return format("%s/logs/%s/%s", places.out, b->alias, s->id);
}

/* A result that came from the host: appended to the script's TAP, so that it is seen where the others are. */
static void result_change(const struct board *b, const struct script *s, int code, const char *why)
{
	FILE *f = fopen(format("%s/tap", log_dir_of(b, s)), "a");

	if (f != NULL) {
		fprintf(f, "# %s\n", why);
		fclose(f);
	}
	file_write(format("%s/exit", log_dir_of(b, s)), format("%d\n", code));
}

static void result_print(const struct board *b, const struct script *s, int code, const struct cost *c, pid_t running)
{
	int64_t cpu = cpu_ms(running) - c->cpu;

	printf("%-8s %s on %s (%.1f s)\n", code == 0 ? "ok" : format("FAIL %d", code), s->id, b->alias,
	       (double)(now_ms() - c->clock) / 1000.0);
	fflush(stdout);
	file_write(format("%s/cost", log_dir_of(b, s)), format("%lld %lld\n", (long long)cpu, (long long)c->boot));
}

static int own_run(const struct board *b, struct script *s, struct cost *c)
{
	struct vm vm;
	char *dir = log_dir_of(b, s);
	int code, end;

	vm_start(&vm, b, s, 1, NULL, 0, dir);
	code = session_boot(&vm);
	c->boot = cpu_ms(vm.pid) - c->cpu;
	if (code == 0)
		code = session_run(&vm, s);
	else
		result_change(b, s, code, "no boot");
	if (code != 0) {
		vm_kill(&vm);
		return code;
	}
	end = session_end(&vm);
	if (end != 0)
		result_change(b, s, end, "the machine did not end cleanly");
	return end;
}

static int shared_boot(struct shared *g, const struct board *b, struct script *scripts, int count)
{
	char *dir = format("%s/logs/%s/boot-%d", places.out, b->alias, ++g->boots);
	int code;

	vm_start(&g->vm, b, scripts, count, NULL, 0, dir);
	code = session_boot(&g->vm);
	if (code == 0 && !session_baseline(&g->vm, &g->baseline))
		code = RC_HARNESS;
	if (code != 0) {
		vm_kill(&g->vm);
		return code;
	}
	file_write(format("%s/baseline", dir), g->baseline);
	g->booted = true;
	return 0;
}

/* What the test left behind. NULL if nothing. */
static const char *baseline_difference(struct shared *g, const struct board *b, const struct script *s)
{
	char *now;

	if (!session_baseline(&g->vm, &now))
		return "the machine does not answer after the test";
	if (g->vm.dirty[0] != '\0')
		return format("the root's console shows: %s", g->vm.dirty);
	if (strcmp(now, g->baseline) == 0)
		return NULL;
	file_write(format("%s/baseline", log_dir_of(b, s)), now);
	return format("the machine is not as it was before the test, had:\n%shas:\n%s", g->baseline, now);
}

static int shared_run(struct shared *g, const struct board *b, struct script *s, struct script *all, int count, struct cost *c)
{
	const char *difference;
	char *dir = log_dir_of(b, s);
	int code = g->booted ? 0 : shared_boot(g, b, all, count);

	c->boot = cpu_ms(g->vm.pid) - c->cpu;
	dir_clear(dir);
	if (code != 0) {
		result_change(b, s, code, "no boot");
		return code;
	}
	vm_log_to(&g->vm, dir);
	code = session_run(&g->vm, s);
	if (code == 0) {
		difference = baseline_difference(g, b, s);
		if (difference != NULL) {
			printf("# %s: %s\n", s->id, difference);
			result_change(b, s, RC_FAILED, "the baseline changed");
			code = RC_FAILED;
		}
	}
	if (code != 0) {
		vm_kill(&g->vm);
		g->booted = false;
	}
	return code;
}

static int shared_end(struct shared *g, const struct board *b, const struct script *last)
{
	int code;

	if (!g->booted)
		return 0;
	code = session_end(&g->vm);
	if (code != 0)
		result_change(b, last, code, "the shared machine did not end cleanly");
	return code;
}

int batch_run(const struct board *b, char **paths, int count)
{
	struct script *scripts = calloc((size_t)count, sizeof(*scripts)), *own = calloc((size_t)count, sizeof(*own)), *last = NULL;
	static struct shared g;
	int shared_count = 0, own_count = 0, failed = 0;

	if (scripts == NULL || own == NULL)
		die("out of memory");
	places.quiet = true;
	for (int i = 0; i < count; i++) {
		struct script s;

		script_load(&s, paths[i]);
		if (!script_wants_board(&s, b->name) || (places.quick && script_is_full(&s, b->name)))
			continue;
		if (s.own_boot)
			own[own_count++] = s;
		else
			scripts[shared_count++] = s;
	}
	for (int i = 0; i < shared_count + own_count; i++) {
		struct script *s = i < shared_count ? &scripts[i] : &own[i - shared_count];
		struct cost c = { .clock = now_ms(), .cpu = cpu_ms(g.vm.pid) };
		int code = s->own_boot ? own_run(b, s, &c) : shared_run(&g, b, s, scripts, shared_count, &c);

		if (i == shared_count - 1 && code == 0)
			code = shared_end(&g, b, s);
		last = s;
		result_print(b, last, code, &c, g.vm.pid);
		failed += code != 0;
	}
	return failed == 0 ? 0 : RC_FAILED;
}
