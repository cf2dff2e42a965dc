// SPDX-License-Identifier: BSD-2-Clause
/*
 * A program of the root at a shared window: all it needs is /dev/bulkhead-channels/CHANNEL (hypervisor/include/bulkhead/abi/ioctl.h) and
 * the rings of inmates/lib/ring.h, which are an agreement with the guests of inmates/window and no part of Bulkhead.
 *
 *   channel CHANNEL                      who is there, and how often each doorbell rang at the root
 *   channel CHANNEL watch                each event as a line, until the window is gone
 *   channel CHANNEL send MEMBER TEXT     one message
 *   channel CHANNEL echo MEMBER COUNT    messages, and each must come back
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bulkhead/abi/ioctl.h>

#include "ring.h"

#define PAGE 4096
#define AHEAD 16       /* messages on their way; each ring has room for more */
#define PATIENCE 60000 /* ms */

static const struct window_header *header; /* read-only, for ever where it is: no call is needed to look */
static void *data;
static int channel;
static uint32_t self;

static int fail(const char *what)
{
	fprintf(stderr, "channel: %s: %s\n", what, strerror(errno));
	return 1;
}

static int member_find(const char *name)
{
	for (int i = 0; i < WINDOW_MEMBERS; i++)
		if (*name && strncmp(header->window.members[i], name, BULKHEAD_NAME_SIZE) == 0)
			return i;
	errno = ENOENT;
	return -1;
}

static int channel_open(const char *name)
{
	char path[64 + BULKHEAD_NAME_SIZE];

	snprintf(path, sizeof(path), "/dev/bulkhead-channels/%s", name);
	channel = open(path, O_RDWR | O_CLOEXEC);
	if (channel < 0)
		return fail(path);
	header = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, channel, 0);
	if (header == MAP_FAILED)
		return fail("header");
	data = mmap(NULL, header->window.size - PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, channel, PAGE);
	if (data == MAP_FAILED)
		return fail("data");
	self = (uint32_t)member_find("root");
	return 0;
}

static const char *state_name(uint32_t state)
{
	static const char *const names[CELL_STATES] = { "away", "created", "loaded", "running", "suspended", "stopped", "failed", "away" };

	return state < CELL_STATES ? names[state] : "?";
}

static uint32_t state_of(int member)
{
	return __atomic_load_n(&header->member[member].state, __ATOMIC_ACQUIRE);
}

static int show(void)
{
	for (int i = 0; i < WINDOW_MEMBERS && header->window.members[i][0]; i++)
		printf("%s %s\n", header->window.members[i], state_name(state_of(i)));
	for (uint32_t i = 0; i < header->window.doorbells; i++)
		printf("doorbell %u rang %u times\n", i, __atomic_load_n(&header->member[self].rung[i], __ATOMIC_ACQUIRE));
	return 0;
}

static int watch(void)
{
	uint32_t seen[WINDOW_MEMBERS], rang;
	ssize_t got;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < WINDOW_MEMBERS; i++)
		seen[i] = state_of(i);
	printf("watching\n");
	while ((got = read(channel, &rang, sizeof(rang))) == sizeof(rang)) {
		if (rang)
			printf("rang %u\n", rang);
		for (int i = 0; i < WINDOW_MEMBERS; i++) {
			uint32_t state = state_of(i);

			if (state != seen[i])
				printf("%s %s\n", header->window.members[i], state_name(state));
			seen[i] = state;
		}
	}
	if (got < 0 && errno != EPIPE)
		return fail("read");
	printf("gone\n");
	return 0;
}

/* The system call orders what was written to the window before it. */
static int ring(int member)
{
	struct bulkhead_ring what = { .member = (uint32_t)member };

	return write(channel, &what, sizeof(what)) == sizeof(what) ? 0 : fail("doorbell");
}

static int put(int member, const void *bytes, size_t length)
{
	if (ring_put(ring_between(data, self, (uint32_t)member), bytes, (uint32_t)length) != 0) {
		errno = ENOBUFS;
		return fail("message");
	}
	return ring(member);
}

struct message {
	uint32_t number;
	uint8_t pattern[RING_BYTES - 4];
};

static struct message message_of(uint32_t number)
{
	struct message m = { .number = number };

	for (uint32_t i = 0; i < sizeof(m.pattern); i++)
		m.pattern[i] = (uint8_t)(number * 13 + i);
	return m;
}

/* How many were taken; adds to *wrong. Says what it read, so that the next poll() waits for more. */
static uint32_t take_echoes(int member, uint32_t next, uint32_t *wrong)
{
	struct ring *from = ring_between(data, (uint32_t)member, self);
	struct message wanted;
	uint8_t bytes[RING_BYTES];
	uint32_t count = 0, rang;
	int length;

	if (read(channel, &rang, sizeof(rang)) < 0)
		return 0;
	while ((length = ring_get(from, bytes)) >= 0) {
		wanted = message_of(next + count++);
		*wrong += length != sizeof(wanted) || memcmp(bytes, &wanted, sizeof(wanted)) != 0;
		if (ring_was_full(from) && ring(member) != 0)
			break;
	}
	return count;
}

static int echo(int member, uint32_t count)
{
	struct pollfd wait = { .fd = channel, .events = POLLIN };
	uint32_t sent = 0, received = 0, wrong = 0;
	uint8_t old[RING_BYTES];

	while (ring_get(ring_between(data, (uint32_t)member, self), old) >= 0) /* answers to who was here before */
		;
	while (received < count) {
		while (sent < count && sent < received + AHEAD) {
			struct message m = message_of(sent);

			if (put(member, &m, sizeof(m)) != 0)
				return 1;
			sent++;
		}
		if (poll(&wait, 1, PATIENCE) <= 0 || wait.revents & POLLHUP)
			break;
		received += take_echoes(member, received, &wrong);
	}
	printf("echo: sent %u received %u wrong %u\n", sent, received, wrong);
	return received != count || wrong;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[2] : "";
	int member = -1;

	if (argc < 2 || channel_open(argv[1]) != 0)
		return argc < 2 ? 2 : 1;
	if (argc == 2)
		return show();
	if (strcmp(verb, "watch") == 0)
		return watch();
	if (argc != 5)
		return 2;
	member = member_find(argv[3]);
	if (member < 0)
		return fail(argv[3]);
	if (strcmp(verb, "send") == 0)
		return put(member, argv[4], strlen(argv[4]) + 1);
	if (strcmp(verb, "echo") == 0)
		return echo(member, (uint32_t)strtoul(argv[4], NULL, 0));
	return 2;
}
