// SPDX-License-Identifier: GPL-2.0-only
/* Channel K: what the root's kernel console may not show. A hit fails even a passing script, unless the script declares it. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *pattern;
	bool fatal; /* nothing will come after it */
} forbidden[] = {
	{ "Kernel panic", true },
	{ "bulkhead: .*panic", true },
	{ "Oops", false },
	{ "BUG:", false },
	{ "stall(s)? (on|detected)|detected stalls", false },
	{ "soft lockup|hard LOCKUP", false },
	{ "hrtimer: interrupt took [0-9]{10,} ns", false }, /* vCPUs on a busy host skew by up to 0.9 s: from 1 s on it is ours */
	{ "Unable to handle", false },
};

static regex_t *compiled(size_t i)
{
	static regex_t regex[sizeof(forbidden) / sizeof(forbidden[0])];
	static bool done;

	for (size_t k = 0; !done && k < sizeof(forbidden) / sizeof(forbidden[0]); k++) {
		if (regcomp(&regex[k], forbidden[k].pattern, REG_EXTENDED | REG_NOSUB) != 0)
			abort();
	}
	done = true;
	return &regex[i];
}

static bool declared(struct script *s, const char *line)
{
	bool hit = false;

	for (int i = 0; s != NULL && i < s->expect_count; i++) {
		if (regexec(&s->expect[i], line, 0, NULL, 0) == 0)
			hit = s->expect_seen[i] = true;
	}
	return hit;
}

void console_line(struct vm *vm, const char *line)
{
	const char *mark = strstr(line, "bulkhead-run: ");
	bool expected = declared(vm->script, line);

	if (mark != NULL && strncmp(mark + strlen("bulkhead-run: "), vm->nonce, strlen(vm->nonce)) == 0) {
		vm->marked = true;
		return;
	}
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
		if (regexec(compiled(i), line, 0, NULL, 0) != 0)
			continue;
		if (forbidden[i].fatal)
			vm->panicked = vm->panicked || !expected || (vm->script != NULL && vm->script->after.wanted);
		if (!expected && vm->dirty[0] == '\0')
			snprintf(vm->dirty, sizeof(vm->dirty), "%.255s", line);
	}
}
