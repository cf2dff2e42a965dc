// SPDX-License-Identifier: GPL-2.0-only
/* One description of a result, two forms: aligned text, or JSON. */
#include "output.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "message.h"
#include "util.h"

#define MAX_COLUMNS 40

static struct {
	bool json;
	bool open;  /* between output_begin() and output_end() */
	bool first; /* no comma before the next JSON field */
	bool in_table, in_row;
	unsigned rows, columns, column;
	const char *labels[MAX_COLUMNS];
	const char **cells; /* [rows][MAX_COLUMNS] */
	const char *empty_text;
	const char **lines; /* free text kept for JSON */
	unsigned line_count;
} out;

static void json_string(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c == '\n')
			fputs("\\n", stdout);
		else if (c < 0x20 || c >= 0x7f) /* bytes, not characters: names in files need not be UTF-8 */
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void json_key(const char *key)
{
	if (!out.first)
		putchar(',');
	out.first = false;
	json_string(key);
	putchar(':');
}

void output_begin(const char *verb, bool json)
{
	if (out.open)
		return;
	memset(&out, 0, sizeof(out));
	out.json = json;
	out.open = true;
	out.first = true;
	if (json) {
		putchar('{');
		output_string("schema", NULL, mem_format("bulkhead.%s/1", verb));
	}
}

bool output_is_json(void)
{
	return out.json;
}

static void json_message(const struct message *m)
{
	static const char *const words[] = { "error", "warning", "note" };

	out.first = true;
	putchar('{');
	output_string("severity", NULL, words[m->severity]);
	output_string("id", NULL, m->id);
	if (m->at.file)
		output_string("file", NULL, m->at.file);
	if (m->at.file && m->at.line) {
		output_number("line", NULL, m->at.line);
		output_number("column", NULL, m->at.column);
	}
	output_string("what", NULL, m->what);
	if (m->fix)
		output_string("fix", NULL, m->fix);
	putchar('}');
}

void output_end(bool ok)
{
	if (!out.open)
		return;
	out.open = false;
	if (!out.json) {
		fflush(stdout);
		message_print();
		return;
	}
	if (out.line_count) {
		json_key("text");
		for (unsigned i = 0; i < out.line_count; i++) {
			putchar(i ? ',' : '[');
			json_string(out.lines[i]);
		}
		putchar(']');
	}
	output_bool("ok", NULL, ok);
	json_key("messages");
	putchar('[');
	for (const struct message *m = message_first(); m; m = m->next) {
		json_message(m);
		if (m->next)
			putchar(',');
	}
	fputs("]}\n", stdout);
	fflush(stdout);
}

static void text_field(const char *label, const char *value)
{
	if (!label)
		return;
	if (!out.in_row) {
		printf("%-20s %s\n", label, value);
		return;
	}
	if (out.column >= MAX_COLUMNS)
		return;
	out.labels[out.column] = label;
	out.cells[(size_t)(out.rows - 1) * MAX_COLUMNS + out.column] = mem_copy(value, strlen(value));
	if (++out.column > out.columns)
		out.columns = out.column;
}

void output_string(const char *key, const char *label, const char *value)
{
	if (!out.json) {
		text_field(label, value);
		return;
	}
	json_key(key);
	json_string(value);
}

void output_number_text(const char *key, const char *label, u64 value, const char *text)
{
	if (!out.json) {
		text_field(label, text);
		return;
	}
	json_key(key);
	printf("%llu", (unsigned long long)value);
}

void output_number(const char *key, const char *label, u64 value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	output_number_text(key, label, value, text);
}

void output_hex(const char *key, const char *label, u64 value)
{
	char text[24];

	/* A string in JSON as well: addresses do not fit a double. */
	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);
	output_string(key, label, text);
}

void output_bool(const char *key, const char *label, bool value)
{
	if (!out.json) {
		text_field(label, value ? "yes" : "no");
		return;
	}
	json_key(key);
	fputs(value ? "true" : "false", stdout);
}

void output_group_begin(const char *key)
{
	if (!out.json)
		return;
	json_key(key);
	putchar('{');
	out.first = true;
}

void output_group_end(void)
{
	if (out.json)
		putchar('}');
	out.first = false;
}

void output_table_begin(const char *key, const char *empty_text)
{
	out.in_table = true;
	out.rows = out.columns = out.column = 0;
	out.cells = NULL;
	out.empty_text = empty_text;
	if (out.json) {
		json_key(key);
		putchar('[');
	}
}

void output_row(void)
{
	if (out.json) {
		fputs(out.in_row ? "},{" : "{", stdout);
		out.first = true;
	} else {
		size_t row = MAX_COLUMNS * sizeof(*out.cells);

		out.cells = mem_grow(out.cells, out.rows * row, (out.rows + 1) * row);
		out.column = 0;
	}
	out.rows++;
	out.in_row = true;
}

static void text_row(const char *const *cells, const unsigned *width)
{
	for (unsigned c = 0; c < out.columns; c++) {
		const char *s = cells[c] ? cells[c] : "";

		if (c + 1 < out.columns)
			printf("%-*s  ", (int)width[c], s);
		else
			printf("%s\n", s);
	}
}

void output_table_end(void)
{
	unsigned width[MAX_COLUMNS] = { 0 };

	if (out.json) {
		fputs(out.in_row ? "}]" : "]", stdout);
	} else if (!out.rows) {
		if (out.empty_text)
			printf("%s\n", out.empty_text);
	} else {
		for (unsigned c = 0; c < out.columns; c++) {
			width[c] = (unsigned)strlen(out.labels[c]);
			for (unsigned r = 0; r < out.rows; r++) {
				const char *s = out.cells[(size_t)r * MAX_COLUMNS + c];

				if (s && strlen(s) > width[c])
					width[c] = (unsigned)strlen(s);
			}
		}
		text_row(out.labels, width);
		for (unsigned r = 0; r < out.rows; r++)
			text_row(&out.cells[(size_t)r * MAX_COLUMNS], width);
	}
	out.in_row = false;
	out.in_table = false;
	out.first = false;
}

void output_line(const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (!out.json) {
		puts(text);
		return;
	}
	out.lines = mem_grow(out.lines, out.line_count * sizeof(*out.lines), (out.line_count + 1) * sizeof(*out.lines));
	out.lines[out.line_count++] = mem_copy(text, strlen(text));
}
