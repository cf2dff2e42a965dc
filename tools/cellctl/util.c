// SPDX-License-Identifier: GPL-2.0-only
/* Memory that lives until exit, files, and the edit distance behind "did you mean". */
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct chunk {
	struct chunk *next;
	max_align_t data[];
};

static struct chunk *chunks;

void *mem_alloc(size_t size)
{
	struct chunk *c = size < SIZE_MAX - sizeof(*c) ? calloc(1, sizeof(*c) + size) : NULL;

	if (!c) {
		fputs("cellctl: out of memory\n", stderr);
		exit(1);
	}
	c->next = chunks;
	chunks = c;
	return c->data;
}

void *mem_grow(void *old, size_t old_size, size_t size)
{
	void *p = mem_alloc(size);

	if (old_size)
		memcpy(p, old, old_size);
	return p;
}

char *mem_copy(const char *s, size_t length)
{
	char *p = mem_alloc(length + 1);

	if (length)
		memcpy(p, s, length);
	return p;
}

char *mem_format(const char *fmt, ...)
{
	va_list args, again;
	int length;
	char *p;

	va_start(args, fmt);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	p = mem_alloc(length < 0 ? 1 : (size_t)length + 1);
	if (length > 0)
		vsnprintf(p, (size_t)length + 1, fmt, again);
	va_end(again);
	return p;
}

const void *mem_mark(void)
{
	return chunks;
}

void mem_free_since(const void *mark)
{
	while (chunks != mark) {
		struct chunk *next = chunks->next;

		free(chunks);
		chunks = next;
	}
}

void mem_free_all(void)
{
	mem_free_since(NULL);
}

int fd_read(int fd, size_t limit, struct bytes *out)
{
	size_t room = 65536, used = 0;
	char *buffer = malloc(room);
	ssize_t n;
	int err = 0;

	/* Not stat's size: files of /sys and pipes do not know it. */
	while (buffer && (n = read(fd, buffer + used, room - used)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		err = n < 0 ? -errno : 0;
		used += n < 0 ? 0 : (size_t)n;
		if (!err && used > limit)
			err = -EFBIG;
		if (err)
			break;
		if (used == room) {
			char *bigger = realloc(buffer, room * 2);

			if (!bigger)
				free(buffer);
			buffer = bigger;
			room *= 2;
		}
	}
	if (!buffer)
		return -ENOMEM;
	if (!err) {
		out->data = (u8 *)mem_copy(buffer, used);
		out->size = used;
	}
	free(buffer);
	return err;
}

int file_read(const char *path, size_t limit, struct bytes *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = fd_read(fd, limit, out);
	close(fd);
	return err;
}

int file_write(const char *path, const void *data, size_t size, unsigned mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	const char *p = data;
	int err = 0;

	if (fd < 0)
		return -errno;
	while (size && !err) {
		ssize_t n = write(fd, p, size);

		if (n < 0) {
			err = errno == EINTR ? 0 : -errno;
			continue;
		}
		p += n;
		size -= (size_t)n;
	}
	if (close(fd) && !err)
		err = -errno;
	return err;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

const char *path_dir(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : mem_copy(path, (size_t)(slash - path));
}

const char *path_join(const char *dir, const char *path)
{
	return path[0] == '/' || !strcmp(dir, ".") ? path : mem_format("%s/%s", dir, path);
}

const char *path_stem(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	const char *dot = strchr(base, '.');

	return mem_copy(base, dot ? (size_t)(dot - base) : strlen(base));
}

/* Edits (insert, delete, replace, swap of neighbours) from a to b; words beyond 40 characters never match. */
static unsigned distance(const char *a, const char *b)
{
	unsigned d[42][42];
	size_t la = strlen(a), lb = strlen(b);

	if (la > 40 || lb > 40)
		return ~0u;
	for (unsigned i = 0; i <= la; i++)
		d[i][0] = i;
	for (unsigned j = 0; j <= lb; j++)
		d[0][j] = j;
	for (unsigned i = 1; i <= la; i++) {
		for (unsigned j = 1; j <= lb; j++) {
			unsigned best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	}
	return d[la][lb];
}

const char *suggest(const char *word, const char *const *names)
{
	/* Up to a third of the word may be wrong; a word of two letters needs one right. */
	unsigned best = (unsigned)(strlen(word) + 2) / 3 + 1;
	const char *found = NULL;

	for (; *names; names++) {
		unsigned d = distance(word, *names);

		if (d < best) {
			best = d;
			found = *names;
		}
	}
	return found;
}

const char *suggest_text(const char *word, const char *const *names)
{
	const char *s = suggest(word, names);

	return s ? mem_format(", did you mean '%s'?", s) : "";
}

bool parse_u64(const char *s, u64 *value)
{
	static const char suffixes[] = "KMG";
	char *end;
	const char *suffix;
	unsigned long long v;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	v = strtoull(s, &end, 0);
	if (errno)
		return false;
	suffix = *end ? strchr(suffixes, *end) : NULL;
	if (suffix) {
		unsigned shift = 10 * (unsigned)(suffix - suffixes + 1);

		if (v >> (64 - shift))
			return false;
		v <<= shift;
		end++;
	}
	*value = v;
	return !*end;
}

u64 time_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

const char *size_text(u64 bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	unsigned unit = 0;

	while (bytes && !(bytes & 1023) && unit < 4) {
		bytes >>= 10;
		unit++;
	}
	return mem_format("%llu %s", (unsigned long long)bytes, units[unit]);
}
