// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load for the root's kernel: load SECONDS [BLOCKDEV]. Per online CPU a spinner, a 1 kHz timer and a writer of memory; the block
 * device, if given, is read at random places past the page cache. Prints what was done; fails if a part did nothing.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static time_t end;

static int running(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec < end;
}

static uint64_t spin(const char *device)
{
	volatile uint64_t count = 0;

	(void)device;
	while (running())
		count = count + 1;
	return count;
}

static uint64_t timers(const char *device)
{
	struct itimerspec period = { .it_interval.tv_nsec = 1000000, .it_value.tv_nsec = 1000000 };
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	uint64_t total = 0, now;

	(void)device;
	timerfd_settime(fd, 0, &period, NULL);
	while (running() && read(fd, &now, sizeof(now)) == sizeof(now))
		total += now;
	return total;
}

static uint64_t memory(const char *device)
{
	uint64_t rounds = 0;

	(void)device;
	while (running()) {
		char *block = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (block == MAP_FAILED)
			return 0;
		memset(block, (int)rounds, 8 << 20);
		munmap(block, 8 << 20);
		rounds++;
	}
	return rounds;
}

static uint64_t disk(const char *device)
{
	int fd = open(device, O_RDONLY | O_DIRECT);
	off_t size = lseek(fd, 0, SEEK_END);
	uint64_t reads = 0;
	void *block;

	if (fd < 0 || size < 65536 || posix_memalign(&block, 4096, 65536) != 0)
		return 0;
	while (running() && pread(fd, block, 65536, (off_t)(rand() % (size / 65536)) * 65536) == 65536)
		reads++;
	return reads;
}

static void start(int cpu, const char *name, uint64_t (*work)(const char *), const char *device)
{
	cpu_set_t set;
	uint64_t done;

	if (fork() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* who ends us ends all */
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (cpu >= 0)
		(void)sched_setaffinity(0, sizeof(set), &set);
	done = work(device);
	printf("load: %s on cpu %d: %llu\n", name, cpu, (unsigned long long)done);
	fflush(stdout);
	exit(done == 0);
}

int main(int argc, char **argv)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct timespec t;
	int failed = 0, status;

	clock_gettime(CLOCK_MONOTONIC, &t);
	end = t.tv_sec + (argc > 1 ? atoi(argv[1]) : 10);
	for (int cpu = 0; cpu < cpus; cpu++) {
		start(cpu, "spin", spin, NULL);
		start(cpu, "timers", timers, NULL);
		start(cpu, "memory", memory, NULL);
	}
	if (argc > 2)
		start(-1, "disk", disk, argv[2]);
	while (wait(&status) > 0)
		failed |= status;
	return failed != 0;
}
