// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's command line: the board's, plus the channels, plus what a script asks for. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARGUMENTS = 160 };

struct arguments {
	char *word[ARGUMENTS];
	int count;
};

static void add(struct arguments *a, char *word)
{
	if (a->count == ARGUMENTS - 1)
		die("QEMU's command line is too long");
	a->word[a->count++] = word;
	a->word[a->count] = NULL;
}

static void add_words(struct arguments *a, const char *text)
{
	char *words[ARGUMENTS];
	int count;

	if (text == NULL)
		return;
	count = words_split(format("%s", text), words, ARGUMENTS);
	for (int i = 0; i < count; i++)
		add(a, words[i]);
}

static void add_socket(struct arguments *a, const struct vm *vm, const char *name)
{
	add(a, "-chardev");
	add(a, format("socket,id=%s,path=%s/%s", name, vm->socket_dir, name));
}

static void add_plugin(struct arguments *a, const struct vm *vm, const struct script *s)
{
	const char *more = getenv("PLUGIN_ARGS");

	if (s == NULL || !s->plugin)
		return;
	add(a, "-plugin");
	add(a, format("%s/build/host/libbulkhead-plugin.so,out=%s/plugin.txt,elf=%s/bulkhead-%s.elf%s%s", places.top, vm->log_dir,
		      places.out, vm->board->arch, more == NULL ? "" : ",", more == NULL ? "" : more));
}

static void add_machine(struct arguments *a, const struct board *b, const struct script *s, const char *initrd)
{
	char *firmware = format("%s/%s/firmware", places.cache, b->arch), *own;

	add_words(a, b->qemu);
	if (a->word[0] == NULL)
		die("board %s has no QEMU line", b->name);
	own = format("%s/bin/%s", places.cache, a->word[0]);
	if (access(own, X_OK) == 0)
		a->word[0] = own;
	if (access(firmware, R_OK) == 0) {
		add(a, "-bios");
		add(a, firmware);
	}
	add_words(a, "-accel tcg -nodefaults -display none -kernel");
	add(a, board_kernel(b, "Image"));
	add(a, "-initrd");
	add(a, format("%s", initrd));
	add(a, "-append");
	add(a, board_cmdline(b, s == NULL ? NULL : s->arguments));
}

/* The UARTs after the root's are for cells: the board lists their aliases. */
static int cell_uarts(const struct board *b)
{
	char *words[WORDS];

	return words_split(format("%s", b->uarts), words, CELL_UARTS);
}

char **qemu_line(struct vm *vm, const char *initrd, const struct script *s)
{
	static struct arguments a;

	a.count = 0;
	add_machine(&a, vm->board, s, initrd);
	add_socket(&a, vm, "K");
	add_words(&a, "-serial chardev:K");
	channel_listen(vm, CH_K, "K");
	for (int u = 0; u < cell_uarts(vm->board); u++) {
		char *name = format("U%d", u + 1);

		add_socket(&a, vm, name);
		add_words(&a, format("-serial chardev:%s", name));
		channel_listen(vm, CH_U1 + u, name);
	}
	add_words(&a, "-device virtio-serial-pci");
	add_socket(&a, vm, "T");
	add_words(&a, "-device virtserialport,chardev=T,name=bulkhead.tap");
	channel_listen(vm, CH_T, "T");
	add_socket(&a, vm, "Q");
	add_words(&a, "-mon chardev=Q,mode=control");
	channel_listen(vm, CH_Q, "Q");
	if (s == NULL || s->resets == 0)
		add(&a, "-no-reboot");
	add_words(&a, s == NULL ? NULL : s->qemu);
	add_plugin(&a, vm, s);
	return a.word;
}

void qemu_line_save(char **argv, const char *path)
{
	FILE *f = fopen(path, "w");

	if (f == NULL)
		die("cannot write %s", path);
	fputs("#!/bin/sh\n# This run's QEMU. The sockets are gone: replace each -chardev socket,id=X,... by file,id=X,path=...\nexec", f);
	for (; *argv != NULL; argv++)
		fprintf(f, " '%s'", *argv);
	fputc('\n', f);
	fclose(f);
}

/* A shell in the root cell on this terminal. */
void vm_interactive(const struct board *b)
{
	struct arguments a = { .count = 0 };
	char *dir = format("%s/logs/%s/interactive", places.out, b->alias), *initrd = format("%s/initrd", dir);

	dir_clear(dir);
	initrd_make(initrd, b, NULL, NULL, 0, NULL, 0);
	add_machine(&a, b, NULL, initrd);
	add_words(&a, "-no-reboot -serial mon:stdio");
	printf("%s: root shell on this terminal; leave with 'exit' or Ctrl-A X\n", b->name);
	for (int u = 0; u < cell_uarts(b); u++) {
		add(&a, "-serial");
		add(&a, format("file:%s/U%d.log", dir, u + 1));
		printf("cell UART %d: %s/U%d.log\n", u + 1, dir, u + 1);
	}
	fflush(stdout);
	execvp(a.word[0], a.word);
	die("cannot start %s", a.word[0]);
}
