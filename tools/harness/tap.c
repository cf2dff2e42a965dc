// SPDX-License-Identifier: GPL-2.0-only
/* Judges a TAP stream. Lines that are not TAP are the script's own business. */
#include "harness.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *caveats;

/* A skip must name a heading of CAVEATS.md: what we do not protect against is written there, or it is a failure. */
void caveats_load(void)
{
	caveats = file_read(format("%s/CAVEATS.md", places.top), NULL);
}

static bool heading_exists(const char *reason)
{
	char *text, *line;

	while (*reason == ' ' || *reason == ':')
		reason++;
	if (caveats == NULL || *reason == '\0')
		return false;
	text = format("%s", caveats);
	while ((line = strsep(&text, "\n")) != NULL) {
		size_t length;

		if (line[0] != '#')
			continue;
		line += strspn(line, "# ");
		length = strlen(line);
		if (length > 0 && strncmp(reason, line, length) == 0)
			return true;
	}
	return false;
}

void tap_init(struct tap *t)
{
	*t = (struct tap){ .plan = -1 };
}

static void bad(struct tap *t, const char *line)
{
	if (t->first_bad[0] == '\0')
		snprintf(t->first_bad, sizeof(t->first_bad), "%.255s", line);
}

static void point(struct tap *t, const char *line, bool ok)
{
	const char *rest = line + (ok ? 2 : 6);
	const char *skip = strcasestr(line, "# skip");
	int number = atoi(rest);

	t->seen++;
	if (number != 0 && number != t->seen) {
		t->bad_order = true;
		bad(t, line);
	}
	if (!ok) {
		t->failed++;
		bad(t, line);
	} else if (skip != NULL && heading_exists(skip + 6)) {
		t->skipped++;
	} else if (skip != NULL) {
		t->failed++;
		t->bad_skip = true;
		bad(t, line);
	}
}

void tap_line(struct tap *t, const char *line)
{
	int first, last;

	if (strncmp(line, "ok", 2) == 0 && (line[2] == ' ' || line[2] == '\0')) {
		point(t, line, true);
	} else if (strncmp(line, "not ok", 6) == 0 && (line[6] == ' ' || line[6] == '\0')) {
		point(t, line, false);
	} else if (strncmp(line, "Bail out!", 9) == 0) {
		t->bail = true;
		bad(t, line);
	} else if (sscanf(line, "%d..%d", &first, &last) == 2 && first == 1 && isdigit((unsigned char)line[0])) {
		t->bad_order = t->bad_order || t->plan >= 0; /* two plans: one of them is not the script's */
		t->plan = last;
	}
}

/* NULL if all is well, else what is wrong. */
const char *tap_verdict(const struct tap *t, bool plan_needed)
{
	if (t->bail)
		return "bailed out";
	if (t->bad_skip)
		return format("a skip names no heading of CAVEATS.md: %s", t->first_bad);
	if (t->failed > 0)
		return format("%d of %d points failed, first: %s", t->failed, t->seen, t->first_bad);
	if (t->bad_order)
		return format("points out of order, or two plans: %s", t->first_bad);
	if (t->plan < 0)
		return plan_needed ? "no TAP plan" : NULL;
	if (t->plan == 0)
		return "empty TAP plan";
	if (t->plan != t->seen)
		return format("plan of %d points, %d seen", t->plan, t->seen);
	return NULL;
}
