// SPDX-License-Identifier: GPL-2.0-only
/*
 * mark N: has the plugin append its counters to its output file under the label N, and prints them, one line per vCPU.
 * Freestanding: it must be small enough for every boot. Without the plugin it says so and exits 1.
 */
#include "mark.h"

#define TABLE_ENTRIES 256

int mark_main(int argc, char **argv);
long write_bytes(int fd, const char *data, unsigned long size);
extern char mark_table[];

/* GCC may call these two. */
void *memcpy(void *to, const void *from, unsigned long size);
void *memset(void *to, int byte, unsigned long size);

void *memcpy(void *to, const void *from, unsigned long size)
{
	volatile char *t = to;
	const char *f = from;

	while (size--)
		*t++ = *f++;
	return to;
}

void *memset(void *to, int byte, unsigned long size)
{
	volatile char *t = to;

	while (size--)
		*t++ = (char)byte;
	return to;
}

static char line[512];
static unsigned int used;

static void put(const char *text)
{
	while (*text && used < sizeof(line))
		line[used++] = *text++;
}

static void put_number(const char *name, uint64_t value)
{
	char digits[24];
	unsigned int i = sizeof(digits);

	digits[--i] = 0;
	do {
		digits[--i] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	put(name);
	put(&digits[i]);
}

static void flush(int fd)
{
	put("\n");
	write_bytes(fd, line, used);
	used = 0;
}

static int parse(const char *text)
{
	int value = 0;

	if (!*text)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		value = value * 10 + (*text - '0');
		if (value >= TABLE_ENTRIES)
			return -1;
	}
	return value;
}

static void print_vcpu(uint32_t index, const struct mark_vcpu *c)
{
	put_number("plugin: cpu=", index);
	put_number(" exits=", c->exits);
	put_number(" sync=", c->sync);
	put_number(" irq=", c->irq);
	put_number(" fiq=", c->fiq);
	put_number(" serror=", c->serror);
	put_number(" self=", c->self);
	put_number(" insns=", c->insns);
	put_number(" spin=", c->spin);
	put_number(" aside=", c->aside);
	put_number(" longest=", c->longest);
	put_number(" recent=", c->recent);
	flush(1);
}

int mark_main(int argc, char **argv)
{
	const volatile struct mark_reply *reply = (const volatile struct mark_reply *)(mark_table + MARK_REPLY_OFFSET);
	void (*execute)(void);
	struct mark_reply copy;
	int n = argc == 2 ? parse(argv[1]) : -1;
	uint32_t i;

	if (n < 0) {
		put("usage: mark N (0..255)");
		flush(2);
		return 2;
	}
	execute = (void (*)(void))(uintptr_t)(mark_table + 8 * n);
	execute();
	if (reply->magic != MARK_MAGIC) {
		put("mark: no plugin");
		flush(2);
		return 1;
	}
	copy = *(const struct mark_reply *)reply;
	for (i = 0; i < copy.vcpu_count && i < MARK_MAX_VCPUS; i++)
		print_vcpu(i, &copy.cpu[i]);
	return 0;
}
