// SPDX-License-Identifier: GPL-2.0-only
/* Rows of tests/boards.tsv. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 9 };

static bool row_parse(struct board *b, char *line)
{
	char *column[COLUMNS];

	for (int i = 0; i < COLUMNS; i++) {
		column[i] = strsep(&line, "\t");
		if (column[i] == NULL)
			return false;
		if (strcmp(column[i], "-") == 0)
			column[i][0] = '\0';
	}
	*b = (struct board){ .name = column[0],
			     .arch = column[1],
			     .set = column[2],
			     .console = column[3],
			     .uarts = column[4],
			     .tap = column[5],
			     .arguments = column[6],
			     .qemu = column[8] };
	return true;
}

/* NAME, or NAME+KERNEL, a row of tests/kernels.tsv whose name is also in those of directories and files. */
const struct board *board_find(const char *alias)
{
	static struct board found;
	char *name = format("%s", alias), *kernel = format("%s", alias + strcspn(alias, "+"));
	char *path = format("%s/tests/boards.tsv", places.top);
	char *text = file_read(path, NULL), *line;

	if (text == NULL)
		die("cannot read %s", path);
	name[strlen(name) - strlen(kernel)] = '\0';
	while ((line = strsep(&text, "\n")) != NULL) {
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (!row_parse(&found, line))
			die("%s: a row has fewer than %d columns: %s", path, COLUMNS, line);
		if (strcmp(found.name, name) != 0)
			continue;
		found.alias = format("%s", alias);
		found.kernel = kernel;
		return &found;
	}
	die("unknown board '%s'; tests/boards.tsv lists what there is", name);
}

/* What set-up knows of the board's kernel. */
char *board_kernel(const struct board *b, const char *file)
{
	return format("%s/%s%s/%s", places.cache, b->arch, b->kernel, file);
}

/* The kernel's command line: the console and what the board needs, nothing else. */
char *board_cmdline(const struct board *b, const char *more)
{
	return format("console=%s%s%s%s%s", b->console, b->arguments[0] == '\0' ? "" : " ", b->arguments, more == NULL ? "" : " ",
		      more == NULL ? "" : more);
}
