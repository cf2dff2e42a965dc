// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads all RAM the root thinks it has, over and over, one process per CPU, until the time is over or
 * SIGTERM comes:
 *   ramwalk SECONDS MIB    every online CPU reads the kernel's whole linear map through /proc/kcore, and writes and checks MIB of its own
 * Says so when it has read something; prints one line; fails if memory of its own changed or /proc/kcore could not be read.
 */
#include <elf.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 1 << 16 };

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static bool over(time_t end)
{
	return stopped || now() >= end;
}

/* Segments with a physical address are the linear map. */
static int kcore_walk(int cpu, int fd, uint64_t *bytes, time_t end)
{
	static char buffer[CHUNK];
	Elf64_Ehdr header;
	Elf64_Phdr segment;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header))
		return -1;
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		off_t at = (off_t)(header.e_phoff + i * sizeof(segment));

		if (pread(fd, &segment, sizeof(segment), at) != sizeof(segment))
			return -1;
		if (segment.p_type != PT_LOAD || segment.p_paddr == 0 || segment.p_paddr == UINT64_MAX)
			continue;
		for (uint64_t done = 0; done < segment.p_filesz && !over(end); done += CHUNK) {
			uint64_t left = segment.p_filesz - done;
			ssize_t got = pread(fd, buffer, left < CHUNK ? left : CHUNK, (off_t)(segment.p_offset + done));

			if (got > 0 && *bytes == 0)
				printf("ramwalk: cpu %d reads\n", cpu);
			if (got > 0)
				*bytes += (uint64_t)got;
		}
	}
	return 0;
}

static int own_walk(uint64_t *own, size_t words, uint64_t round)
{
	for (size_t i = 0; i < words; i++) {
		if (own[i] != (round == 0 ? 0 : i * 31 + round - 1))
			return -1;
		own[i] = i * 31 + round;
	}
	return 0;
}

static int walk(int cpu, time_t end, size_t size)
{
	cpu_set_t set;
	uint64_t bytes = 0, rounds = 0;
	uint64_t *own = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/proc/kcore", O_RDONLY);

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	(void)sched_setaffinity(0, sizeof(set), &set); /* the CPU may go away while we run: then we move */
	if (fd < 0 || own == MAP_FAILED) {
		perror("ramwalk");
		return 1;
	}
	do {
		if (own_walk(own, size / sizeof(*own), rounds) != 0) {
			printf("ramwalk: cpu %d: own memory changed in round %llu\n", cpu, (unsigned long long)rounds);
			return 1;
		}
		if (kcore_walk(cpu, fd, &bytes, end) != 0) {
			perror("ramwalk: /proc/kcore");
			return 1;
		}
		rounds++;
	} while (!over(end));
	printf("ramwalk: cpu %d: %llu rounds, %llu MiB\n", cpu, (unsigned long long)rounds, (unsigned long long)(bytes >> 20));
	return bytes == 0;
}

int main(int argc, char **argv)
{
	time_t end = now() + (argc > 1 ? atoi(argv[1]) : 10);
	size_t size = (size_t)(argc > 2 ? atoi(argv[2]) : 16) << 20;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int failed = 0, status;

	signal(SIGTERM, stop); /* all of them get it from killall; system calls go on */
	setvbuf(stdout, NULL, _IOLBF, 0);
	(void)!nice(19); /* taking CPUs offline goes first, or it takes ten seconds */
	for (int cpu = 0; cpu < cpus; cpu++) {
		if (fork() == 0)
			exit(walk(cpu, end, size));
	}
	while (wait(&status) > 0)
		failed |= status;
	return failed != 0;
}
