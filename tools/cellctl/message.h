/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * message.c: what cellctl has to say about input, collected and printed once. One form everywhere:
 * "file:line:col: error [id]: what; fix: what to write". Every id is known to `cellctl explain`.
 */
#ifndef CELLCTL_MESSAGE_H
#define CELLCTL_MESSAGE_H

#include <stdarg.h>
#include <stdbool.h>

struct position {
	const char *file; /* NULL: none */
	unsigned line;    /* 0: the file as a whole */
	unsigned column;
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

struct message {
	enum severity severity;
	struct position at;
	const char *id;
	const char *what;
	const char *fix; /* NULL: none */
	struct message *next;
};

void message_list(enum severity severity, const struct position *at, const char *id, const char *fmt, va_list args);
void message_error(const struct position *at, const char *id, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void message_warning(const struct position *at, const char *id, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* What to do about the message added last. */
void message_fix(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
unsigned message_errors(void);
const struct message *message_first(void);
/* All messages as text to stderr; those printed are not printed again. */
void message_print(void);
/* The last one so far, NULL: none; and away with those after it: they were about something the user did not ask for. */
const struct message *message_last(void);
void message_drop_after(const struct message *m);
/* They were printed, and their memory is about to go. */
void message_forget(void);

#endif
