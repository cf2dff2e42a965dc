// SPDX-License-Identifier: GPL-2.0-only
/* What the watching thread does allocates nothing and reports nothing: the rest of cellctl has one thread. */
#include "progress.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "output.h"
#include "util.h"

#define CELLS "/sys/class/misc/bulkhead/cells"
#define SILENT_NS 500000000u /* most calls are over by then */
#define LOOK_NS 200000000u

static const char *doing; /* NULL: nobody watches */
static sem_t over;
static pthread_t watcher;

static FILE *attribute(const char *cells, const char *cell, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%.64s/%s", cells, cell, name);
	return fopen(path, "re");
}

static u64 scrub_left(const char *cells, const char *cell)
{
	FILE *f = attribute(cells, cell, "scrub_left");
	unsigned long long left = 0;

	if (f && fscanf(f, "%llu", &left) != 1)
		left = 0;
	if (f)
		fclose(f);
	return left;
}

static u64 memory_of(const char *cells, const char *cell)
{
	FILE *f = attribute(cells, cell, "memory");
	unsigned long long size;
	u64 sum = 0;

	while (f && fscanf(f, "%*s %llx host %*s", &size) == 1)
		sum += size;
	if (f)
		fclose(f);
	return sum;
}

void progress_line(char *line, size_t size, const char *what, unsigned seconds, const char *cells)
{
	DIR *dir = opendir(cells);
	const struct dirent *entry;
	u64 left = 0, all = 0;

	while (dir && (entry = readdir(dir))) {
		u64 of_cell = entry->d_name[0] == '.' ? 0 : scrub_left(cells, entry->d_name);

		left += of_cell;
		all += of_cell ? memory_of(cells, entry->d_name) : 0;
	}
	if (dir)
		closedir(dir);
	all = all > left ? all : left; /* tables are zeroed, too, and are no memory of the cell */
	if (left)
		snprintf(line, size, "%s: zeroing memory, %llu of %llu MiB", what, (unsigned long long)(all - left) >> 20,
			 (unsigned long long)all >> 20);
	else
		snprintf(line, size, "%s: %u s", what, seconds);
}

static struct timespec at(u64 ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u) };
}

static void *watch(void *unused)
{
	u64 begin = time_ns(), next = begin + SILENT_NS;
	bool shown = false;
	char line[128];

	(void)unused;
	for (;;) {
		const struct timespec when = at(next);

		if (!sem_clockwait(&over, CLOCK_MONOTONIC, &when))
			break;
		if (errno != ETIMEDOUT)
			continue;
		progress_line(line, sizeof(line), doing, (unsigned)((time_ns() - begin) / 1000000000u), CELLS);
		dprintf(STDERR_FILENO, "\r%s\033[K", line);
		shown = true;
		next = time_ns() + LOOK_NS;
	}
	if (shown)
		dprintf(STDERR_FILENO, "\r\033[K");
	return NULL;
}

void progress_begin(const char *what)
{
	if (!what || !isatty(STDERR_FILENO) || output_is_json() || sem_init(&over, 0, 0))
		return;
	doing = what;
	if (pthread_create(&watcher, NULL, watch, NULL))
		doing = NULL;
}

void progress_end(void)
{
	if (!doing)
		return;
	sem_post(&over);
	pthread_join(watcher, NULL);
	sem_destroy(&over);
	doing = NULL;
}
