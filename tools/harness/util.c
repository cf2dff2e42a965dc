// SPDX-License-Identifier: GPL-2.0-only
/* Small helpers of the harness. Memory is never freed where a run's end frees it. */
#include "harness.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct places places = { .slow = 1.0 };

void die(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("run: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(RC_HARNESS);
}

char *format(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		abort();
	va_end(args);
	return text;
}

/* Formats into an array; too long is an error of the harness, not something to cut silently. */
size_t slot(char *to, size_t size, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(to, size, fmt, args);
	va_end(args);
	if (length < 0 || (size_t)length >= size)
		die("a name is too long: %.60s...", to);
	return (size_t)length;
}

/* The whole file with a NUL behind it, or NULL. */
char *file_read(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	size_t used = 0, room = 65536, got;
	char *text;

	if (f == NULL)
		return NULL;
	text = malloc(room + 1);
	while (text != NULL && (got = fread(text + used, 1, room - used, f)) > 0) {
		used += got;
		if (used == room)
			text = realloc(text, (room *= 2) + 1);
	}
	fclose(f);
	if (text == NULL)
		die("out of memory reading %s", path);
	text[used] = '\0';
	if (size != NULL)
		*size = used;
	return text;
}

void file_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) != 0)
		die("cannot write %s: %s", path, strerror(errno));
}

int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Processor time of all children so far, with that of the one that runs (or 0). A busy host does not lengthen it, as it does the clock. */
int64_t cpu_ms(pid_t running)
{
	char *path = format("/proc/%d/stat", (int)running), *text = running > 0 ? file_read(path, NULL) : NULL;
	char *end = text == NULL ? NULL : strrchr(text, ')');
	unsigned long long user = 0, system = 0;
	struct rusage ended;

	if (end != NULL)
		sscanf(end, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system);
	free(text);
	free(path);
	getrusage(RUSAGE_CHILDREN, &ended);
	return (int64_t)((user + system) * 1000) / sysconf(_SC_CLK_TCK) + (ended.ru_utime.tv_sec + ended.ru_stime.tv_sec) * 1000 +
	       (ended.ru_utime.tv_usec + ended.ru_stime.tv_usec) / 1000;
}

void dir_make(const char *path)
{
	char part[PATH_MAX];

	slot(part, sizeof(part), "%s", path);
	for (char *p = part + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(part, 0777);
		*p = '/';
	}
	if (mkdir(part, 0777) != 0 && errno != EEXIST)
		die("cannot make %s: %s", part, strerror(errno));
}

/* Removes the files of a log directory, so that a log never mixes two runs. */
void dir_clear(const char *path)
{
	DIR *d;
	struct dirent *e;
	char file[PATH_MAX];

	dir_make(path);
	d = opendir(path);
	while (d != NULL && (e = readdir(d)) != NULL) {
		slot(file, sizeof(file), "%s/%s", path, e->d_name);
		if (e->d_name[0] != '.' && e->d_type == DT_REG)
			unlink(file);
	}
	if (d != NULL)
		closedir(d);
}

/* Splits in place at blanks. */
int words_split(char *text, char **words, int max)
{
	int count = 0;
	char *state = NULL;

	for (char *w = strtok_r(text, " \t", &state); w != NULL; w = strtok_r(NULL, " \t", &state)) {
		if (count == max)
			die("too many words: %s", w);
		words[count++] = w;
	}
	return count;
}

/* A busy host makes everything slower: clocks are widened by as much as there is more work than CPUs, within reason. */
void clocks_refresh(void)
{
	double load;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (!places.calibrate || cpus < 1 || getloadavg(&load, 1) != 1)
		return;
	places.slow = 1.0 + load / (double)cpus;
	if (places.slow > 5.0)
		places.slow = 5.0;
}
