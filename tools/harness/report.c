// SPDX-License-Identifier: GPL-2.0-only
/* What a human needs when a run fails: where each CPU is, the last lines of each channel, where the logs are. Printed as TAP comments. */
#include "harness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct symbols {
	struct symbol {
		uint64_t address;
		char *name;
	} * list;
	size_t count;
	uint64_t text; /* address of _text, 0 if there is none */
};

static int symbol_compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

/* Lines "ADDRESS TYPE NAME", as nm and kallsyms have them. */
static void symbols_load(struct symbols *s, FILE *f)
{
	char line[512], name[400], type;
	uint64_t address;

	*s = (struct symbols){ 0 };
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%" SCNx64 " %c %399s", &address, &type, name) != 3 || strchr("tTwW", type) == NULL)
			continue;
		if (s->count % 1024 == 0)
			s->list = realloc(s->list, (s->count + 1024) * sizeof(*s->list));
		if (s->list == NULL)
			die("out of memory");
		s->list[s->count++] = (struct symbol){ address, format("%s", name) };
		if (strcmp(name, "_text") == 0)
			s->text = address;
	}
	if (s->count > 0)
		qsort(s->list, s->count, sizeof(*s->list), symbol_compare);
}

static char *symbols_find(const struct symbols *s, uint64_t address)
{
	const struct symbol *best = NULL;

	for (size_t i = 0; i < s->count && s->list[i].address <= address; i++)
		best = &s->list[i];
	/* Past the end of code the nearest symbol says nothing. */
	if (best == NULL || address - best->address > 0x10000)
		return NULL;
	return format("%s+0x%" PRIx64, best->name, address - best->address);
}

static void cpu_print(struct vm *vm, int cpu, const char *answer, const struct symbols *kernel, const struct symbols *hv)
{
	const char *pc_text = strstr(answer, "RIP=") == NULL ? strstr(answer, "PC=") : strstr(answer, "RIP=") + 1;
	uint64_t pc = pc_text == NULL ? 0 : strtoull(pc_text + 3, NULL, 16);
	const char *state = strstr(answer, "PSTATE=");
	const char *el = state == NULL ? NULL : strstr(state, "EL");
	char *name = NULL;
	const char *whose = "";

	if (vm->text != 0 && pc >= vm->text) {
		name = symbols_find(kernel, pc - vm->text + kernel->text);
		whose = "kernel ";
	}
	if (name == NULL && (name = symbols_find(hv, pc)) != NULL)
		whose = "hypervisor ";
	printf("# cpu %d: pc=0x%" PRIx64 " %.4s %s%s\n", cpu, pc, el == NULL ? "" : el, name == NULL ? "" : whose,
	       name == NULL ? "" : name);
}

static void registers_print(struct vm *vm)
{
	struct symbols kernel, hv;
	char *map = board_kernel(vm->board, "kallsyms");
	char *nm = format("nm '%s/bulkhead-%s.elf' 2>/dev/null", places.out, vm->board->arch);
	FILE *f = fopen(map, "r"), *p = popen(nm, "r"); /* NOLINT: fixed text */

	symbols_load(&kernel, f);
	symbols_load(&hv, p);
	if (f != NULL)
		fclose(f);
	if (p != NULL)
		pclose(p);
	free(qmp_ask(vm, "{\"execute\":\"stop\"}"));
	for (int cpu = 0; cpu < 16; cpu++) {
		char *answer = qmp_ask(vm, format("{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":"
						  "\"info registers\",\"cpu-index\":%d}}",
						  cpu));

		if (answer == NULL || strstr(answer, "\"error\"") != NULL)
			break;
		file_write(format("%s/registers-%d.txt", vm->log_dir, cpu), answer);
		cpu_print(vm, cpu, answer, &kernel, &hv);
		free(answer);
	}
}

void report_failure(struct vm *vm, const char *why)
{
	printf("# FAILED: %s\n", why);
	if (vm->dirty[0] != '\0')
		printf("# console: %s\n", vm->dirty);
	if (vm->pid > 0)
		registers_print(vm);
	for (int i = 0; i < CHANNELS; i++) {
		if (vm->present[i] && i != CH_Q)
			channel_tail(&vm->channel[i], "# ");
	}
	printf("# logs: %s (qemu.sh repeats the run)\n", vm->log_dir);
	fflush(stdout);
}
