// SPDX-License-Identifier: GPL-2.0-only
/* Collects diagnostics; printed as text here, as JSON by output.c. */
#include "message.h"

#include <stdio.h>
#include <string.h>

#include "util.h"

static struct message *first, **end = &first, *last;
static struct message *printed;
static unsigned errors;

void message_list(enum severity severity, const struct position *at, const char *id, const char *fmt, va_list args)
{
	struct message *m = mem_alloc(sizeof(*m));
	va_list again;
	int length;
	char *what;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, fmt, args);
	what = mem_alloc(length < 0 ? 1 : (size_t)length + 1);
	vsnprintf(what, length < 0 ? 1 : (size_t)length + 1, fmt, again);
	va_end(again);
	m->severity = severity;
	if (at)
		m->at = *at;
	m->id = id;
	m->what = what;
	*end = m;
	end = &m->next;
	last = m;
	errors += severity == SEVERITY_ERROR;
}

void message_error(const struct position *at, const char *id, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	message_list(SEVERITY_ERROR, at, id, fmt, args);
	va_end(args);
}

void message_warning(const struct position *at, const char *id, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	message_list(SEVERITY_WARNING, at, id, fmt, args);
	va_end(args);
}

void message_fix(const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (last)
		last->fix = mem_copy(text, strlen(text));
}

unsigned message_errors(void)
{
	return errors;
}

const struct message *message_first(void)
{
	return first;
}

void message_print(void)
{
	static const char *const words[] = { "error", "warning", "note" };

	for (struct message *m = printed ? printed->next : first; m; m = m->next) {
		if (m->at.file && m->at.line)
			fprintf(stderr, "%s:%u:%u: ", m->at.file, m->at.line, m->at.column);
		else
			fprintf(stderr, "%s: ", m->at.file ? m->at.file : "cellctl");
		fprintf(stderr, "%s [%s]: %s", words[m->severity], m->id, m->what);
		if (m->fix)
			fprintf(stderr, "; fix: %s", m->fix);
		fputc('\n', stderr);
		printed = m;
	}
}

const struct message *message_last(void)
{
	return last;
}

void message_drop_after(const struct message *m)
{
	end = &first;
	last = NULL;
	errors = 0;
	for (struct message *kept = m ? first : NULL; kept; kept = kept == m ? NULL : kept->next) {
		errors += kept->severity == SEVERITY_ERROR;
		last = kept;
		end = &kept->next;
	}
	*end = NULL;
}

void message_forget(void)
{
	first = last = printed = NULL;
	end = &first;
	errors = 0;
}
