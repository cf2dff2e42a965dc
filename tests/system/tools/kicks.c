// SPDX-License-Identifier: GPL-2.0-only
/*
 * kicks CELL COUNT: suspends and resumes a running cell COUNT times, without a process for each. A suspend is done when the cell's CPUs
 * have been reached, and a resume sends each CPU two kicks. Fails at the first that does; prints how long the slowest took.
 */
#include "../../../hypervisor/include/bulkhead/abi/ioctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static int device;
static double slowest;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The id of the cell of that name; 0 is the root's. */
static uint32_t find(const char *name)
{
	struct bulkhead_cell_query q = { .size = sizeof(q), .flags = BULKHEAD_QUERY_NEXT, .info.id = 1 };

	while (ioctl(device, BULKHEAD_CELL_QUERY, &q) == 0) {
		if (strcmp(q.info.name, name) == 0)
			return q.info.id;
		q.info.id++;
	}
	return 0;
}

static void change(unsigned long request, uint32_t id, const char *verb, int round)
{
	struct bulkhead_cell c = { .size = sizeof(c), .id = id };
	double start = now();

	if (ioctl(device, request, &c) != 0) {
		printf("# kicks: %s %d: %s: %s\n", verb, round, strerror(errno), c.message);
		exit(1);
	}
	if (now() - start > slowest)
		slowest = now() - start;
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? atoi(argv[2]) : 0;
	double start = now(), said = start;
	uint32_t id;

	device = open("/dev/bulkhead", O_RDWR);
	id = device < 0 || count == 0 ? 0 : find(argv[1]);
	if (id == 0)
		return printf("# kicks: usage: kicks CELL COUNT, with the hypervisor enabled and the cell running\n"), 1;
	for (int i = 1; i <= count; i++) {
		change(BULKHEAD_SUSPEND, id, "suspend", i);
		change(BULKHEAD_RESUME, id, "resume", i);
		if (now() - said > 20) {
			printf("# kicks: %d of %d\n", i, count);
			fflush(stdout);
			said = now();
		}
	}
	printf("# kicks: %d rounds in %.1f s, the slowest call %.0f ms\n", count, now() - start, slowest * 1000);
	return 0;
}
