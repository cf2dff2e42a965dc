// SPDX-License-Identifier: GPL-2.0-only
/* The little QMP we need, without a JSON parser: commands out, raw answers in. */
#include "harness.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void line_ignore(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

/* Sends and waits up to five seconds for the answer; events are skipped. NULL if there is none. */
static void line_keep(void *arg, const char *line)
{
	char **answer = arg;

	if (*answer == NULL && (strstr(line, "\"return\"") != NULL || strstr(line, "\"error\"") != NULL))
		*answer = format("%s", line);
}

char *qmp_ask(struct vm *vm, const char *json)
{
	struct channel *q = &vm->channel[CH_Q];
	int64_t deadline = now_ms() + 5000;
	char *answer = NULL;

	if (q->fd < 0)
		return NULL;
	channel_send(q, json, strlen(json));
	channel_send(q, "\n", 1);
	while (answer == NULL && now_ms() < deadline) {
		struct pollfd p = { .fd = q->fd, .events = POLLIN };

		if (poll(&p, 1, 200) > 0 && channel_read(q, line_keep, &answer) == 0)
			break;
	}
	return answer;
}

/* 64 bits of the machine's memory. */
bool qmp_word(struct vm *vm, uint64_t address, long *value)
{
	char *answer = qmp_ask(vm, format("{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"xp /1gx %#llx\"}}",
					  (unsigned long long)address));
	char *number = answer == NULL ? NULL : strstr(answer, ": 0x");

	if (number != NULL)
		*value = strtol(number + 2, NULL, 16);
	free(answer);
	return number != NULL;
}

/* Long answers must not be cut at a line's size: registers are read straight from the log (report.c). */
void qmp_start(struct vm *vm)
{
	(void)channel_read(&vm->channel[CH_Q], line_ignore, NULL);
	free(qmp_ask(vm, "{\"execute\":\"qmp_capabilities\"}"));
}

static void command_run(struct vm *vm, const char *command)
{
	char id[64], text[256];
	int uart, times, length = 0;

	if (sscanf(command, "%d times %n", &times, &length) == 1 && length > 0) {
		for (int i = 0; i < times; i++)
			command_run(vm, command + length);
	} else if (command[0] == '{') {
		free(qmp_ask(vm, command));
	} else if (sscanf(command, "device_del %63s", id) == 1) {
		free(qmp_ask(vm, format("{\"execute\":\"device_del\",\"arguments\":{\"id\":\"%s\"}}", id)));
	} else if (sscanf(command, "input U%d %255[^\n]", &uart, text) == 2 && uart >= 1 && uart <= CELL_UARTS &&
		   vm->present[CH_U1 + uart - 1]) {
		channel_send(&vm->channel[CH_U1 + uart - 1], text, strlen(text));
		channel_send(&vm->channel[CH_U1 + uart - 1], "\n", 1);
	} else {
		free(qmp_ask(vm, format("{\"execute\":\"%s\"}", command)));
	}
}

/* A line came in on T: directives that wait for its text. */
void on_text_run(struct vm *vm, const char *line)
{
	struct script *s = vm->script;

	for (int i = 0; s != NULL && i < s->on_text_count; i++) {
		struct on_text *o = &s->on_text[i];

		if (o->done || strstr(line, o->text) == NULL)
			continue;
		o->done = true;
		command_run(vm, o->command);
	}
}
