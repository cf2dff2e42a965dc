// SPDX-License-Identifier: GPL-2.0-only
/* Directives: comment lines `# key: value` at the head of a script, before the first line that is neither comment nor empty. */
#include "harness.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int number_of(const struct script *s, const char *key, const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (end == value || *end != '\0' || n < 0 || n > 86400)
		die("%s: '# %s: %s' is not a number", s->path, key, value);
	return (int)n;
}

static void regex_make(const struct script *s, regex_t *r, const char *pattern)
{
	char text[512], *to = text;
	int error;

	/* \d is too handy to refuse, but POSIX has no such class. */
	for (const char *p = pattern; *p != '\0' && to < text + sizeof(text) - 6; p++) {
		if (p[0] == '\\' && p[1] == 'd') {
			to = stpcpy(to, "[0-9]");
			p++;
		} else {
			*to++ = *p;
		}
	}
	*to = '\0';
	error = regcomp(r, text, REG_EXTENDED);
	if (error != 0)
		die("%s: bad regular expression '%s'", s->path, pattern);
}

/* U1 /^tick (\d+)/ grows 300 in 60s, or: word grows 300 in 60s */
static void after_panic_parse(struct script *s, const char *key, const char *value)
{
	char pattern[256];
	int uart, seconds;
	long grow;

	s->after.wanted = true;
	s->after.gone = strcmp(key, "after-gone") == 0;
	if (sscanf(value, "word grows %ld in %ds", &s->after.grow, &s->after.seconds) == 2) {
		s->after.word = true;
		return;
	}
	if (sscanf(value, "U%d /%255[^/]/ grows %ld in %ds", &uart, pattern, &grow, &seconds) != 4 || uart < 1 || uart > CELL_UARTS)
		die("%s: '# %s: %s': write U1 /REGEX (\\d+)/ grows N in Ss, or word grows N in Ss", s->path, key, value);
	s->after.uart = CH_U1 + uart - 1;
	s->after.grow = grow;
	s->after.seconds = seconds;
	regex_make(s, &s->after.regex, pattern);
	if (s->after.regex.re_nsub < 1)
		die("%s: '# %s' needs a group (\\d+)", s->path, key);
}

/* TEXT command, where TEXT is one word or "several words" */
static void on_text_parse(struct script *s, char *value)
{
	struct on_text *o = &s->on_text[s->on_text_count++];
	char *end;

	if (s->on_text_count > WORDS)
		die("%s: too many qmp-on directives", s->path);
	end = value[0] == '"' ? strchr(++value, '"') : strchr(value, ' ');
	if (end == NULL)
		die("%s: '# qmp-on:' needs a text and a command", s->path);
	*end++ = '\0';
	o->text = value;
	o->command = end + strspn(end, " ");
}

static void directive(struct script *s, const char *key, char *value)
{
	if (strcmp(key, "boards") == 0)
		s->boards = value;
	else if (strcmp(key, "timeout") == 0)
		s->timeout = number_of(s, key, value);
	else if (strcmp(key, "resets") == 0)
		s->resets = number_of(s, key, value);
	else if (strcmp(key, "boot") == 0 && strcmp(value, "own") == 0)
		s->own_boot = true;
	else if (strcmp(key, "needs") == 0 && strcmp(value, "guest") == 0)
		s->guest = true;
	else if (strcmp(key, "plugin") == 0 && strcmp(value, "yes") == 0)
		s->plugin = true;
	else if (strcmp(key, "qemu") == 0)
		s->qemu = value;
	else if (strcmp(key, "arguments") == 0)
		s->arguments = value;
	else if (strcmp(key, "set") == 0 && strncmp(value, "full", 4) == 0)
		s->full = strncmp(value + 4, " on ", 4) == 0 ? value + 8 : "";
	else if (strcmp(key, "modules") == 0)
		s->modules = value;
	else if (strcmp(key, "program") == 0)
		s->program = value;
	else if (strcmp(key, "files") == 0)
		s->file_count = words_split(value, s->files, WORDS);
	else if (strcmp(key, "expect-K") == 0 && s->expect_count < EXPECT_COUNT)
		regex_make(s, &s->expect[s->expect_count++], value);
	else if (strcmp(key, "after-panic") == 0 || strcmp(key, "after-gone") == 0)
		after_panic_parse(s, key, value);
	else if (strcmp(key, "qmp-on") == 0)
		on_text_parse(s, value);
}

static bool key_known(const char *key)
{
	static const char *const keys[] = {
		"boards",    "timeout", "resets", "boot",     "needs",       "plugin",     "set",    "qemu",
		"arguments", "modules", "files",  "expect-K", "after-panic", "after-gone", "qmp-on", "program"
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(key, keys[i]) == 0)
			return true;
	}
	return false;
}

static void head_parse(struct script *s, char *text)
{
	char *line, *colon;

	while ((line = strsep(&text, "\n")) != NULL) {
		if (line[0] != '#' && line[0] != '\0')
			return;
		if (strncmp(line, "# ", 2) != 0)
			continue;
		line += 2;
		colon = strstr(line, ": ");
		if (colon == NULL)
			continue;
		*colon = '\0';
		if (key_known(line))
			directive(s, line, colon + 2);
	}
}

void script_load(struct script *s, const char *path)
{
	const char *base = strrchr(path, '/');
	const char *dir;
	size_t length;
	char *text = file_read(path, NULL);

	if (text == NULL)
		die("cannot read script %s", path);
	memset(s, 0, sizeof(*s));
	base = base == NULL ? path : base + 1;
	slot(s->path, sizeof(s->path), "%s", path);
	slot(s->name, sizeof(s->name), "%s", base);
	length = strlen(base);
	s->is_test = length > 2 && strcmp(base + length - 2, ".t") == 0;
	dir = strstr(path, "tests/system/");
	slot(s->id, sizeof(s->id), "%s", dir == NULL ? base : dir + strlen("tests/"));
	if (s->is_test)
		s->id[strlen(s->id) - 2] = '\0';
	s->timeout = 120;
	s->plugin = getenv("PLUGIN_ARGS") != NULL; /* who has something to ask it asks it of every script */
	head_parse(s, text);
	if (places.quick) /* the shorter of two looks at the same */
		s->after.grow /= 3;
	/* What changes the machine cannot share it. */
	if (s->plugin || s->qemu != NULL || s->arguments != NULL || s->resets > 0 || s->after.wanted || s->on_text_count > 0)
		s->own_boot = true;
}

static bool word_among(const char *text, const char *wanted)
{
	char *words[WORDS], *copy = format("%s", text);
	int count = words_split(copy, words, WORDS);
	bool hit = false;

	for (int i = 0; i < count; i++)
		hit = hit || strcmp(words[i], wanted) == 0;
	free(copy);
	return hit;
}

bool script_is_full(const struct script *s, const char *board)
{
	return s->full != NULL && (s->full[0] == '\0' || word_among(s->full, board));
}

bool script_wants_board(const struct script *s, const char *board)
{
	char *words[WORDS];
	int count;
	bool others = true; /* those that are not named */

	if (s->boards == NULL)
		return true;
	count = words_split(format("%s", s->boards), words, WORDS);
	for (int i = 0; i < count; i++) {
		bool without = words[i][0] == '-';

		if (strcmp(words[i] + without, board) == 0)
			return !without;
		others = others && without;
	}
	return others;
}
