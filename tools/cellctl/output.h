/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * output.c: everything cellctl prints on stdout. A verb describes its result once; it comes out as aligned text or as one JSON
 * object with "schema":"bulkhead.<verb>/1", "ok" and "messages". Keys are the JSON names; labels are what people read.
 */
#ifndef CELLCTL_OUTPUT_H
#define CELLCTL_OUTPUT_H

#include <stdbool.h>

#include <bulkhead/types.h>

/* After output_end() another result may begin; within one, nothing does. */
void output_begin(const char *verb, bool json);
/* Messages, then the closing brace; ok is what the exit code says. */
void output_end(bool ok);

/* Fields of the result, or of a row. label NULL: JSON only; in rows the label is the column's head. */
void output_string(const char *key, const char *label, const char *value);
void output_number(const char *key, const char *label, u64 value);
void output_hex(const char *key, const char *label, u64 value);
void output_bool(const char *key, const char *label, bool value);
/* "yes"/"no" in text is seldom what is meant: the value as text for people, as number for programs. */
void output_number_text(const char *key, const char *label, u64 value, const char *text);

/* A table: rows of the same fields; its head is printed in text mode when it has rows, else empty_text. */
void output_table_begin(const char *key, const char *empty_text);
void output_row(void);
void output_table_end(void);
/* Fields that belong together: an object in JSON, no more than themselves in text. Not inside a table. */
void output_group_begin(const char *key);
void output_group_end(void);
/* Free text: a line in text mode; in JSON an element of "text". */
void output_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool output_is_json(void);

#endif
