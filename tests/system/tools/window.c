// SPDX-License-Identifier: GPL-2.0-only
/*
 * A channel as no program should use it, and over its end.
 *   window zero CHANNEL      "zero", or the first word of the data that is not
 *   window refusals CHANNEL  what must be refused, a line each
 *   window hold CHANNEL      maps it, says what poll(2), read(2) and write(2) say when it goes, and writes what is mapped; by SIGTERM
 *                            it looks whether that is still there
 */
#include "../../../hypervisor/include/bulkhead/abi/ioctl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

static int channel;
static const volatile struct window_header *header;
static volatile uint64_t *data;
static size_t words;

static int open_all(const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "/dev/bulkhead-channels/%s", name);
	channel = open(path, O_RDWR);
	if (channel < 0)
		return -1;
	header = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, channel, 0);
	if (header == MAP_FAILED)
		return -1;
	words = (size_t)(header->window.size - PAGE) / sizeof(*data);
	data = mmap(NULL, words * sizeof(*data), PROT_READ | PROT_WRITE, MAP_SHARED, channel, PAGE);
	return data == MAP_FAILED ? -1 : 0;
}

static int zero(void)
{
	for (size_t i = 0; i < words; i++) {
		if (data[i] != 0) {
			printf("word %zu is %#llx\n", i, (unsigned long long)data[i]);
			return 1;
		}
	}
	printf("zero\n");
	return 0;
}

static void map_says(const char *what, size_t size, int protection, int flags, off_t offset)
{
	void *at = mmap(NULL, size, protection, flags, channel, offset);

	printf("%s: %s\n", what, at == MAP_FAILED ? strerror(errno) : "mapped");
}

static int refusals(void)
{
	struct bulkhead_ring ring = { .member = WINDOW_MEMBERS };
	char byte = 0;
	uint32_t rang;

	map_says("header, to write", PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	printf("header, later: %s\n", mprotect((void *)(uintptr_t)header, PAGE, PROT_READ | PROT_WRITE) ? strerror(errno) : "writable");
	map_says("code", PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, PAGE);
	map_says("a copy", PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, PAGE);
	map_says("behind its end", words * sizeof(*data) + PAGE, PROT_READ, MAP_SHARED, PAGE);
	map_says("all of it, to read", words * sizeof(*data) + PAGE, PROT_READ, MAP_SHARED, 0);
	printf("part of a word: %s\n", read(channel, &byte, 1) < 0 ? strerror(errno) : "read");
	printf("half a doorbell: %s\n", write(channel, &ring, 4) < 0 ? strerror(errno) : "rang");
	printf("nobody's doorbell: %s\n", write(channel, &ring, sizeof(ring)) < 0 ? strerror(errno) : "rang");
	ring = (struct bulkhead_ring){ .doorbell = WINDOW_DOORBELLS };
	printf("no such doorbell: %s\n", write(channel, &ring, sizeof(ring)) < 0 ? strerror(errno) : "rang");
	fcntl(channel, F_SETFL, O_NONBLOCK);
	printf("nothing new: %s\n", read(channel, &rang, sizeof(rang)) < 0 ? strerror(errno) : "read");
	return 0;
}

static void nothing(int number)
{
	(void)number;
}

static int hold(void)
{
	struct pollfd wait = { .fd = channel, .events = 0 }; /* a hang-up is always told */
	struct bulkhead_ring ring = { 0 };
	sigset_t term, before;
	uint32_t rang;
	size_t i = 0;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	signal(SIGTERM, nothing);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("holding\n");
	poll(&wait, 1, -1);
	printf("poll: %s\n", wait.revents & POLLHUP ? "gone" : "?");
	printf("read: %s\n", read(channel, &rang, sizeof(rang)) < 0 ? strerror(errno) : "read");
	printf("write: %s\n", write(channel, &ring, sizeof(ring)) < 0 ? strerror(errno) : "rang");
	map_says("map", PAGE, PROT_READ, MAP_SHARED, PAGE);
	printf("header: %#llx\n", (unsigned long long)header->magic);
	zero();
	for (i = 0; i < words; i++)
		data[i] = i * 0x9e3779b97f4a7c15;
	printf("written\n");
	sigsuspend(&before);
	for (i = 0; i < words && data[i] == i * 0x9e3779b97f4a7c15; i++)
		;
	printf("%s\n", i == words ? "still there" : "somebody else wrote");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	if (open_all(argv[2]) != 0) {
		printf("%s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	if (strcmp(argv[1], "zero") == 0)
		return zero();
	return strcmp(argv[1], "refusals") == 0 ? refusals() : hold();
}
