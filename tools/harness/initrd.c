// SPDX-License-Identifier: GPL-2.0-only
/* The initrd of one boot: the base archive, copied, and behind it a small uncompressed one with this run's files (cpio newc). */
#include "harness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct archive {
	FILE *f;
	size_t offset;
	unsigned int inode;
};

static void bytes_put(struct archive *a, const void *data, size_t size)
{
	if (fwrite(data, 1, size, a->f) != size)
		die("cannot write the initrd: %s", strerror(errno));
	a->offset += size;
}

static void pad4(struct archive *a)
{
	bytes_put(a, "\0\0\0", (4 - a->offset % 4) % 4);
}

static void member_put(struct archive *a, const char *name, unsigned int mode, const void *data, size_t size)
{
	char header[111];

	slot(header, sizeof(header), "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", ++a->inode, mode, 0, 0,
	     S_ISDIR(mode) ? 2 : 1, 0, (unsigned int)size, 0, 0, 0, 0, (unsigned int)strlen(name) + 1, 0);
	bytes_put(a, header, 110);
	bytes_put(a, name, strlen(name) + 1);
	pad4(a);
	bytes_put(a, data, size);
	pad4(a);
}

static void file_put(struct archive *a, const char *name, const char *path)
{
	size_t size = 0;
	char *data = file_read(path, &size);

	if (data == NULL)
		die("cannot read %s", path);
	member_put(a, name, S_IFREG | 0755, data, size);
	free(data);
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* A directive's file is named from the top of the repository, BUILD/ stands for the architecture's build directory. */
static void directive_file_put(struct archive *a, const char *file)
{
	char *path = strncmp(file, "BUILD/", 6) == 0 ? format("%s/%s", places.out, file + 6) : format("%s/%s", places.top, file);

	file_put(a, format("data/%s", base_of(file)), path);
}

/* Modules of the stock kernel, decompressed: busybox's insmod knows no xz. */
static void modules_put(struct archive *a, const struct board *b, const char *list)
{
	char *words[WORDS];
	int count = words_split(format("%s", list), words, WORDS);

	for (int i = 0; i < count; i++) {
		char *to = format("%s/%s.ko", places.out, words[i]);
		char *command = format("f=$(find '%s/' -path '*/lib/modules/*' -name '%s.ko.xz' | head -n 1) && "
				       "[ -n \"$f\" ] && xz -dc \"$f\" >'%s'",
				       board_kernel(b, "kernel"), words[i], to);

		if (system(command) != 0) /* NOLINT: fixed text, names from the repository */
			die("the stock kernel has no module '%s'", words[i]);
		file_put(a, format("lib/modules/%s.ko", words[i]), to);
	}
}

static void guest_put(struct archive *a, const struct board *b)
{
	char *initrd = format("%s/guest.cpio", places.out);

	member_put(a, "guest", S_IFDIR | 0755, "", 0);
	file_put(a, "guest/Image", board_kernel(b, "Image"));
	file_put(a, "guest/initrd.cpio", initrd);
}

static void run_files_put(struct archive *a, const struct board *b, const char *nonce, struct script *scripts, int count, char **data,
			  int data_count)
{
	bool guest = false;
	char *cmdline = board_cmdline(b, NULL);

	member_put(a, "run/harness/board", S_IFREG | 0644, b->name, strlen(b->name));
	member_put(a, "run/harness/cmdline", S_IFREG | 0644, cmdline, strlen(cmdline));
	if (places.quick)
		member_put(a, "run/harness/quick", S_IFREG | 0644, "", 0);
	if (nonce != NULL)
		member_put(a, "run/harness/nonce", S_IFREG | 0600, nonce, strlen(nonce));
	for (int i = 0; i < data_count; i++)
		file_put(a, format("data/%s", base_of(data[i])), data[i]);
	for (int i = 0; i < count; i++) {
		file_put(a, format("tests/%s", scripts[i].name), scripts[i].path);
		for (int f = 0; f < scripts[i].file_count; f++)
			directive_file_put(a, scripts[i].files[f]);
		if (scripts[i].modules != NULL)
			modules_put(a, b, scripts[i].modules);
		guest = guest || scripts[i].guest;
	}
	if (guest)
		guest_put(a, b);
	member_put(a, "TRAILER!!!", 0, "", 0);
}

void initrd_make(const char *path, const struct board *b, const char *nonce, struct script *scripts, int count, char **data, int data_count)
{
	struct archive a = { .f = fopen(path, "wb"), .inode = 1000000 };
	char *base = format("%s/initrd-base%s.cpio", places.out, b->kernel);
	size_t size = 0;
	char *text = file_read(base, &size);

	if (a.f == NULL)
		die("cannot write %s: %s", path, strerror(errno));
	if (text == NULL)
		die("%s is missing; fix: make initrd", base);
	bytes_put(&a, text, size);
	free(text);
	pad4(&a);
	run_files_put(&a, b, nonce, scripts, count, data, data_count);
	if (fclose(a.f) != 0)
		die("cannot write %s: %s", path, strerror(errno));
}
