// SPDX-License-Identifier: GPL-2.0-only
/* Command line of the harness; tools/run is the wrapper that builds what a run needs and then calls this. */
#include "harness.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void usage(void)
{
	fputs("usage: run [-b BOARD]                     a shell in the root cell\n"
	      "       run [-b BOARD] [-q] SCRIPT [DATA...]  runs it there; exits with its status; -q: no exit line for 0\n"
	      "       run [-b BOARD] --batch [--full] TEST...  many tests, sharing boots; results stay in the logs\n"
	      "exit: the script's, or 124 timeout, 125 harness, 126 panic or dirty console, 127 QEMU died\n",
	      stderr);
	exit(RC_HARNESS);
}

static void places_find(const struct board *b)
{
	const char *slow = getenv("BULKHEAD_SLOW");

	slot(places.out, sizeof(places.out), "%s/build/%s", places.top, b->arch);
	if (slow != NULL && atof(slow) >= 1.0)
		places.slow = atof(slow);
	else
		places.calibrate = true;
}

static void environment_need(const char *name, char *to, size_t size)
{
	const char *value = getenv(name);

	if (value == NULL || value[0] != '/')
		die("%s is not set: call tools/run", name);
	slot(to, size, "%s", value);
}

static int one_run(const struct board *b, char **arguments, int count)
{
	static struct script s;
	static struct vm vm;
	int code;

	script_load(&s, arguments[0]);
	if (!script_wants_board(&s, b->name))
		die("%s is not for board %s ('# boards: %s')", s.id, b->name, s.boards);
	vm_start(&vm, b, &s, 1, arguments + 1, count - 1, format("%s/logs/%s/%s", places.out, b->alias, s.id));
	code = session_boot(&vm);
	if (code == 0)
		code = session_run(&vm, &s);
	if (code == 0)
		code = session_end(&vm);
	vm_kill(&vm);
	if (code != 0 || !places.no_exit_line)
		printf("run: exit %d\n", code);
	return code;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "batch", no_argument, NULL, 'B' }, { "full", no_argument, NULL, 'F' }, { 0 } };
	const char *name = getenv("BOARD");
	const struct board *b;
	bool full = false;
	int option, mode = 0;

	while ((option = getopt_long(argc, argv, "+b:q", options, NULL)) != -1) {
		if (option == 'b')
			name = optarg;
		else if (option == 'q')
			places.no_exit_line = true;
		else if (option == 'B')
			mode = option;
		else if (option == 'F')
			full = true;
		else
			usage();
	}
	environment_need("BULKHEAD_TOP", places.top, sizeof(places.top));
	environment_need("BULKHEAD_CACHE", places.cache, sizeof(places.cache));
	b = board_find(name == NULL || name[0] == '\0' ? "qemu-arm64" : name);
	places_find(b);
	caveats_load();
	places.quick = mode == 'B' && !full;
	if (mode == 'B' && argc > optind)
		return batch_run(b, argv + optind, argc - optind);
	if (mode != 0)
		usage();
	if (argc == optind)
		vm_interactive(b);
	return one_run(b, argv + optind, argc - optind);
}
