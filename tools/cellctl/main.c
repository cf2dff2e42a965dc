// SPDX-License-Identifier: GPL-2.0-only
/* The command line: options, verbs, exit codes. */
#include <argp.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "verbs.h"

static const struct verb {
	const char *name;
	const char *operands;
	u32 min, max;
	enum exit_code (*run)(const struct options *o);
	const char *help;
} verbs[] = {
	{ "enable", "[BOARD]", 0, 1, verb_enable, "put the hypervisor under the running kernel" },
	{ "disable", "", 0, 0, verb_disable, "take it away again; no cell may exist" },
	{ "confirm", "", 0, 0, verb_confirm, "keep what enable --confirm launched" },
	{ "lock", "", 0, 0, verb_lock, "from now on nothing changes its owner, until the machine is reset" },
	{ "doctor", "", 0, 0, verb_doctor, "what would stop enable or end the cells, and what stays open, each with its remedy" },
	{ "status", "", 0, 0, verb_status, "driver, hypervisor, pools" },
	{ "list", "", 0, 0, verb_list, "the cells" },
	{ "show", "CELL", 1, 1, verb_show, "one cell: CPUs, memory, why it failed" },
	{ "create", "FILE", 1, 1, verb_create, "make a cell; nothing runs yet" },
	{ "load", "CELL [FILE[@ADDRESS]]", 1, 2, verb_load, "load a file, or what the cell's file names" },
	{ "start", "CELL", 1, 1, verb_start, "run what was loaded" },
	{ "suspend", "CELL", 1, 1, verb_suspend, "let it wait, with all it holds" },
	{ "resume", "CELL", 1, 1, verb_resume, "let it go on" },
	{ "reset", "CELL", 1, 1, verb_reset, "stop it, load its files again, start it" },
	{ "shutdown", "CELL", 1, 1, verb_shutdown, "ask its guest to end, and wait" },
	{ "stop", "CELL", 1, 1, verb_stop, "stop it at once" },
	{ "destroy", "CELL", 1, 1, verb_destroy, "give everything back to the root" },
	{ "boot", "FILE", 1, 1, verb_boot, "create, load and start" },
	{ "monitor", "", 0, 0, verb_monitor, "restart cells and watch heartbeats as their files say, until disable" },
	{ "core", "CELL", 1, 1, verb_core, "the registers of a cell that failed, as a core file for a debugger" },
	{ "console", "[-f] [CELL]", 0, 1, verb_console, "what a cell, or the hypervisor, has printed" },
	{ "stats", "", 0, 0, verb_stats, "entries into the hypervisor, by CPU and reason" },
	{ "check", "FILE...", 1, 64, verb_check, "check cell files, each beside those before it" },
	{ "compile", "FILE", 1, 1, verb_compile, "compile a cell file for a machine without dtc" },
	{ "dtb", "FILE", 1, 1, verb_dtb, "the device tree a Linux cell would get" },
	{ "board", "[BOARD]", 0, 1, verb_board, "the machine as Bulkhead sees it; -o writes a board file" },
	{ "explain", "[ID]", 0, 1, verb_explain, "what the id of a message means" },
	{ "help", "[states]", 0, 1, verb_help, "this list, or which verb applies in which state" },
	{ "version", "", 0, 0, verb_version, "versions of cellctl and ABI" },
};

#define SECONDS_MAX 86400

enum { KEY_STEPS = 256, KEY_ENTRY, KEY_ARGUMENT, KEY_HYPERVISOR, KEY_TIMEOUT, KEY_CONFIRM, KEY_TRUST };

static const struct argp_option option_table[] = {
	{ "json", 'j', NULL, 0, "Print one JSON object; monitor: one a line", 0 },
	{ "board", 'b', "BOARD", 0, "Board: a directory of configs/, a .dts or a .dtb; this machine if left out", 0 },
	{ "output", 'o', "FILE", 0, "Where to write the result", 0 },
	{ "follow", 'f', NULL, 0, "console: keep reading", 0 },
	{ "force", 'F', NULL, 0, "suspend, stop, reset, destroy: also a critical cell", 0 },
	{ "entry", KEY_ENTRY, "ADDRESS", 0, "start: where, instead of what was loaded", 0 },
	{ "argument", KEY_ARGUMENT, "VALUE", 0, "start: first argument of the first CPU", 0 },
	{ "timeout", KEY_TIMEOUT, "SECONDS", 0, "shutdown: how long to wait, 10 if left out", 0 },
	{ "confirm", KEY_CONFIRM, "SECONDS", 0, "enable: undo it unless 'cellctl confirm' comes in time", 0 },
	{ "hypervisor-at", KEY_HYPERVISOR, "BASE+SIZE", 0, "check: where the hypervisor's own memory would be", 0 },
	{ "trust", KEY_TRUST, NULL, 0, "status: who has to be trusted on this machine, and with what", 0 },
	{ "steps", KEY_STEPS, NULL, 0, "List the steps a verb goes through (BULKHEAD_STOP_AT)", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 },
};

struct command_line {
	struct options options;
	char *words[80];
	u32 count;
};

static bool parse_range(const char *text, struct range *r)
{
	const char *plus = strchr(text, '+');

	return plus && parse_u64(mem_copy(text, (size_t)(plus - text)), &r->start) && parse_u64(plus + 1, &r->size) && range_ok(*r);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct command_line *c = state->input;
	struct options *o = &c->options;

	switch (key) {
	case 'j': o->json = true; return 0;
	case 'b': o->board = arg; return 0;
	case 'o': o->output = arg; return 0;
	case 'f': o->follow = true; return 0;
	case 'F': o->force = true; return 0;
	case KEY_STEPS: o->steps = true; return 0;
	case KEY_TRUST: o->trust = true; return 0;
	case KEY_ENTRY:
		if (!parse_u64(arg, &o->entry))
			argp_error(state, "'%s' is not an address", arg);
		return 0;
	case KEY_ARGUMENT:
		if (!parse_u64(arg, &o->argument))
			argp_error(state, "'%s' is not a number", arg);
		return 0;
	case KEY_TIMEOUT:
		if (!parse_u64(arg, &o->timeout) || o->timeout > SECONDS_MAX)
			argp_error(state, "'%s' is not a number of seconds", arg);
		return 0;
	case KEY_CONFIRM:
		if (!parse_u64(arg, &o->confirm) || !o->confirm || o->confirm > SECONDS_MAX)
			argp_error(state, "'%s' is not a number of seconds", arg);
		return 0;
	case KEY_HYPERVISOR:
		if (!parse_range(arg, &o->hypervisor))
			argp_error(state, "'%s' is not BASE+SIZE", arg);
		return 0;
	case ARGP_KEY_ARG:
		if (c->count == ARRAY_SIZE(c->words))
			argp_error(state, "too many arguments");
		c->words[c->count++] = arg;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static char *verbs_text(void)
{
	char *text = mem_format("%s", "Splits this machine into cells.\vVerbs:\n");

	for (u32 i = 0; i < ARRAY_SIZE(verbs); i++)
		text = mem_format("%s  %-8s %-22s %s\n", text, verbs[i].name, verbs[i].operands, verbs[i].help);
	return mem_format(
		"%sExit codes: 0 done, 1 failed, 2 usage, 3 invalid configuration, 4 no driver or not enabled, 5 not root, 6 timed out.",
		text);
}

static const struct verb *verb_find(const char *name)
{
	for (u32 i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static enum exit_code verb_missing(const char *name)
{
	const char *names[ARRAY_SIZE(verbs) + 1] = { NULL };

	for (u32 i = 0; i < ARRAY_SIZE(verbs); i++)
		names[i] = verbs[i].name;
	if (name)
		message_error(NULL, "verb-unknown", "there is no verb '%s'%s", name, suggest_text(name, names));
	else
		message_error(NULL, "usage", "no verb given");
	message_fix("'cellctl help' lists the verbs");
	return EXIT_BAD_USAGE;
}

enum exit_code verb_version(const struct options *o)
{
	(void)o;
	output_string("version", "cellctl", BULKHEAD_VERSION);
	output_string("abi", "ABI", mem_format("%u.%u", BULKHEAD_ABI_MAJOR, BULKHEAD_ABI_MINOR));
	return EXIT_DONE;
}

enum exit_code verb_help(const struct options *o)
{
	if (o->count && !strcmp(o->operands[0], "states"))
		return verb_states();
	if (o->count) {
		message_error(NULL, "usage", "there is no help on '%s'", o->operands[0]);
		message_fix("'cellctl help', 'cellctl help states' or 'cellctl explain ID'");
		return EXIT_BAD_USAGE;
	}
	output_table_begin("verbs", NULL);
	for (u32 i = 0; i < ARRAY_SIZE(verbs); i++) {
		output_row();
		output_string("verb", "VERB", verbs[i].name);
		output_string("operands", "", verbs[i].operands);
		output_string("help", "", verbs[i].help);
	}
	output_table_end();
	return EXIT_DONE;
}

static enum exit_code run(struct command_line *c)
{
	const struct verb *verb = c->count ? verb_find(c->words[0]) : NULL;

	if (c->options.steps && (!c->count || verb))
		return steps_list(c->count ? verb->name : NULL) ? EXIT_DONE : EXIT_FAILED;
	output_begin(verb ? verb->name : "usage", c->options.json);
	if (!verb)
		return verb_missing(c->count ? c->words[0] : NULL);
	c->options.operands = c->words + 1;
	c->options.count = c->count - 1;
	if (c->options.count < verb->min || c->options.count > verb->max) {
		message_error(NULL, "usage", "'%s' takes %s", verb->name, *verb->operands ? verb->operands : "no arguments");
		message_fix("cellctl %s %s", verb->name, verb->operands);
		return EXIT_BAD_USAGE;
	}
	return verb->run(&c->options);
}

int main(int argc, char **argv)
{
	struct argp argp = { .options = option_table, .parser = parse_option, .args_doc = "VERB [ARGUMENT...]" };
	struct command_line *line = mem_alloc(sizeof(*line));
	enum exit_code code;

	setlocale(LC_ALL, "C");
	argp_err_exit_status = EXIT_BAD_USAGE;
	line->options.entry = line->options.argument = BLOB_ANY;
	line->options.timeout = 10;
	argp.doc = verbs_text();
	argp_parse(&argp, argc, argv, 0, NULL, line);
	code = run(line);
	driver_close();
	output_end(code == EXIT_DONE);
	if (fflush(stdout) && code == EXIT_DONE)
		code = EXIT_FAILED;
	mem_free_all();
	return (int)code;
}
