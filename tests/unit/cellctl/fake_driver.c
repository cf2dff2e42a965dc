// SPDX-License-Identifier: GPL-2.0-only
/*
 * Preloaded into cellctl: answers for /dev/bulkhead, and moves /run/bulkhead and the machine's device tree into files of the test.
 *   FAKE_UID N          effective user            FAKE_ABSENT 1       no /dev/bulkhead
 *   FAKE_ABI N          the driver's ABI          FAKE_ENABLED 0      hypervisor not there
 *   FAKE_CELL NAME      a cell that exists        FAKE_FLAGS N        its flags
 *   FAKE_STATE N        its state                 FAKE_CAUSE N        why it ended
 *   FAKE_PC N           where                     FAKE_REGS N         its registers: N, N + 1, ...
 *   FAKE_ANSWER N       what the guest answers to a request, in the comm page
 *   FAKE_FAIL "NR ERRNO MESSAGE"                  ioctl NR fails so
 *   FAKE_MACHINE NAME   what uname -m says      FAKE_KICK N          kick method
 *   FAKE_KEEP 1         keep what is loaded as load-ADDRESS
 *   FAKE_WINDOW NAME    a window that exists, of cells ping and pong and the root; pong is not there
 *   FAKE_EVENTS 1       the kernel's events are the lines of the FIFO `events`: KEY=VALUE words; "lost": some were;
 *                       "forged ...": of a process
 *   FAKE_DIR DIR        log of calls, the blob of enable, run/, fdt, and machine/ for /sys, /proc and /lib/firmware below it
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bulkhead/abi/ioctl.h>

#define NODE "/dev/bulkhead"

static int driver_fd = -1;
static uint32_t made; /* id of the cell created through this process */

static unsigned long number(const char *name, unsigned long fallback)
{
	const char *s = getenv(name);

	return s ? strtoul(s, NULL, 0) : fallback;
}

static const char *moved(const char *path, char *room, size_t size)
{
	const char *dir = getenv("FAKE_DIR");

	if (!strncmp(path, "/run/bulkhead", 13))
		snprintf(room, size, "%s/run%s", dir, path + 13);
	else if (!strcmp(path, "/sys/firmware/fdt"))
		snprintf(room, size, "%s/fdt", dir);
	else if (!strncmp(path, "/sys/", 5) || !strncmp(path, "/proc/", 6) || !strncmp(path, "/lib/firmware/", 14))
		snprintf(room, size, "%s/machine%s", dir, path);
	else
		return path;
	return room;
}

static void note(const char *fmt, ...)
{
	char path[4096];
	va_list args;
	FILE *f;

	snprintf(path, sizeof(path), "%s/log", getenv("FAKE_DIR"));
	f = fopen(path, "a");
	if (!f)
		return;
	va_start(args, fmt);
	vfprintf(f, fmt, args);
	va_end(args);
	fclose(f);
}

uid_t geteuid(void)
{
	return (uid_t)number("FAKE_UID", 0);
}

int uname(struct utsname *u)
{
	const char *machine = getenv("FAKE_MACHINE");

	memset(u, 0, sizeof(*u));
	snprintf(u->machine, sizeof(u->machine), "%s", machine ? machine : "aarch64");
	return 0;
}

int open(const char *path, int flags, ...)
{
	static int (*real)(const char *, int, ...);
	char room[4096];
	va_list args;
	int mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, int) : 0;
	va_end(args);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "open");
	if (strcmp(path, NODE))
		return real(moved(path, room, sizeof(room)), flags, mode);
	if (number("FAKE_ABSENT", 0)) {
		errno = ENOENT;
		return -1;
	}
	return driver_fd = real("/dev/null", O_RDWR);
}

int access(const char *path, int mode)
{
	static int (*real)(const char *, int);
	char room[4096];

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "access");
	if (!strcmp(path, NODE))
		return real(number("FAKE_ABSENT", 0) ? "/dev/absent" : "/dev/null", mode);
	return real(moved(path, room, sizeof(room)), mode);
}

int mkdir(const char *path, mode_t mode)
{
	static int (*real)(const char *, mode_t);
	char room[4096];

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "mkdir");
	return real(moved(path, room, sizeof(room)), mode);
}

int unlink(const char *path)
{
	static int (*real)(const char *);
	char room[4096];

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "unlink");
	return real(moved(path, room, sizeof(room)));
}

int rename(const char *from, const char *to)
{
	static int (*real)(const char *, const char *);
	char room[4096], other[4096];

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "rename");
	return real(moved(from, room, sizeof(room)), moved(to, other, sizeof(other)));
}

static int events_fd = -1;

int socket(int domain, int type, int protocol)
{
	static int (*real)(int, int, int);
	char path[4096];

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "socket");
	if (domain != AF_NETLINK || !number("FAKE_EVENTS", 0))
		return real(domain, type, protocol);
	snprintf(path, sizeof(path), "%s/events", getenv("FAKE_DIR"));
	return events_fd = open(path, O_RDWR | O_NONBLOCK); /* both ends: it never says that nobody writes */
}

int bind(int fd, const struct sockaddr *address, socklen_t size)
{
	static int (*real)(int, const struct sockaddr *, socklen_t);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "bind");
	return fd >= 0 && fd == events_fd ? 0 : real(fd, address, size);
}

ssize_t recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from, socklen_t *from_size)
{
	static ssize_t (*real)(int, void *, size_t, int, struct sockaddr *, socklen_t *);
	static int one;
	char *text = data;
	size_t n = 0;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "recvfrom");
	if (fd < 0 || fd != events_fd)
		return real(fd, data, size, flags, from, from_size);
	one = !one; /* one event, one look */
	while (one && n < size && read(fd, text + n, 1) == 1 && text[n] != '\n') {
		text[n] = text[n] == ' ' ? '\0' : text[n];
		n++;
	}
	if (n == 0 || strncmp(text, "lost", n) == 0) {
		errno = n ? ENOBUFS : EAGAIN;
		return -1;
	}
	text[n] = '\0';
	((struct sockaddr_nl *)from)->nl_pid = strcmp(text, "forged") == 0 ? 42 : 0;
	return (ssize_t)n;
}

/* Where the message of each request is; 0: it has none. */
static size_t message_offset(unsigned long nr)
{
	static const size_t offsets[] = { 0,
					  offsetof(struct bulkhead_enable, message),
					  offsetof(struct bulkhead_simple, message),
					  offsetof(struct bulkhead_prepare, message),
					  offsetof(struct bulkhead_create, message),
					  offsetof(struct bulkhead_load, message),
					  offsetof(struct bulkhead_start, message),
					  offsetof(struct bulkhead_cell, message),
					  offsetof(struct bulkhead_cell, message),
					  [18] = offsetof(struct bulkhead_simple, message),
					  [19] = offsetof(struct bulkhead_simple, message) };

	return nr < sizeof(offsets) / sizeof(offsets[0]) ? offsets[nr] : 0;
}

static int fails(unsigned long nr, void *argument)
{
	const char *spec = getenv("FAKE_FAIL");
	char *end;

	if (!spec || strtoul(spec, &end, 0) != nr)
		return 0;
	errno = (int)strtol(end, &end, 0);
	if (message_offset(nr) && *end == ' ')
		snprintf((char *)argument + message_offset(nr), BULKHEAD_MESSAGE_SIZE, "%s", end + 1);
	return 1;
}

static int status(struct bulkhead_status *s)
{
	s->enabled = (uint32_t)number("FAKE_ENABLED", 1);
	s->driver_abi = (uint32_t)number("FAKE_ABI", BULKHEAD_ABI_VERSION);
	strcpy(s->driver_version, "9.9.9");
	s->system = (struct system_info){ .size = sizeof(s->system),
					  .cpu_count = 4,
					  .memory_base = 0x7f000000,
					  .memory_size = 0x100000,
					  .pages_total = 256,
					  .pages_used = 50,
					  .root_pool_total = 64,
					  .root_pool_used = 9,
					  .kick_method = (uint32_t)number("FAKE_KICK", 0) };
	return 0;
}

static int query(struct bulkhead_cell_query *q)
{
	const char *name = getenv("FAKE_CELL");

	if (!name || (q->flags & BULKHEAD_QUERY_NEXT ? q->info.id > 1 : q->info.id != 1)) {
		errno = ENOENT;
		return -1;
	}
	q->info = (struct cell_info){ .size = sizeof(q->info),
				      .id = 1,
				      .state = (uint32_t)number("FAKE_STATE", CELL_FAILED),
				      .flags = (uint32_t)number("FAKE_FLAGS", 1),
				      .cpu_count = 1,
				      .cpus = { 3 },
				      .memory_count = 1,
				      .pool_pages = 8,
				      .pool_used = 5 };
	snprintf(q->info.name, sizeof(q->info.name), "%s", name);
	q->info.memory[0].gpa = 0x40000000;
	q->info.memory[0].size = 0x400000;
	q->info.memory[0].host = 0x60000000;
	q->info.memory[0].flags = 7;
	q->info.fault = (struct fault_record){ .size = sizeof(q->info.fault),
					       .cause = (uint32_t)number("FAKE_CAUSE", FAULT_WRITE),
					       .pc = number("FAKE_PC", 0x40001234),
					       .address = 0x80000000,
					       .pstate = 0x246,
					       .sp = 0x40002000,
					       .cpu = 3,
					       .sequence = 1 };
	for (uint32_t i = 0; i < FAULT_REGS && number("FAKE_REGS", 0); i++)
		q->info.fault.regs[i] = number("FAKE_REGS", 0) + i;
	return 0;
}

static int window(struct bulkhead_window_query *q)
{
	const char *name = getenv("FAKE_WINDOW");

	if (!name || q->header.id > 3) {
		errno = ENOENT;
		return -1;
	}
	q->base = 0x70000000;
	q->header = (struct window_header){ .magic = WINDOW_MAGIC,
					    .size = sizeof(q->header),
					    .id = 3,
					    .member = { { .state = CELL_RUNNING }, { .state = 0 }, { .state = CELL_RUNNING } },
					    .window = { .size = 0x10000, .doorbells = 2, .members = { "root", "pong", "ping" } } };
	snprintf(q->header.window.channel, sizeof(q->header.window.channel), "%s", name);
	return 0;
}

static int console(struct bulkhead_console *c)
{
	static const char text[] = "first line\nsecond \"line\"\n";
	uint32_t left = c->position < sizeof(text) - 1 ? (uint32_t)(sizeof(text) - 1 - c->position) : 0;

	memcpy((void *)(uintptr_t)c->data, text + c->position, left);
	c->position += left;
	c->length = left;
	return 0;
}

static int stats(struct bulkhead_stats *s)
{
	uint64_t *counters = (uint64_t *)(uintptr_t)s->data;

	s->cpu_count = 4;
	s->counter_count = 32;
	counters[0] = 7;
	counters[1] = 7;
	return 0;
}

static void keep_blob(const struct bulkhead_enable *e)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/blob", getenv("FAKE_DIR"));
	f = fopen(path, "wb");
	if (!f)
		return;
	fwrite((const void *)(uintptr_t)e->blob, 1, e->blob_size, f);
	fclose(f);
}

static void keep_load(const struct bulkhead_load *l)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/load-0x%llx", getenv("FAKE_DIR"), (unsigned long long)l->gpa);
	f = number("FAKE_KEEP", 0) ? fopen(path, "wb") : NULL;
	if (!f)
		return;
	fwrite((const void *)(uintptr_t)l->data, 1, l->length, f);
	fclose(f);
}

static int change(unsigned long nr, void *argument)
{
	struct bulkhead_prepare *p = argument;
	struct bulkhead_load *l = argument;
	struct bulkhead_start *s = argument;
	struct bulkhead_cell *c = argument;
	static const char *const names[20] = { [2] = "disable", [7] = "stop",      [8] = "destroy", [14] = "suspend",
					       [15] = "resume", [16] = "shutdown", [18] = "lock",   [19] = "confirm" };

	switch (nr) {
	case 1:
		keep_blob(argument);
		note("enable %u cpus\n", ((struct bulkhead_enable *)argument)->cpu_count);
		if (((struct bulkhead_enable *)argument)->confirm)
			note("confirm within %u s\n", ((struct bulkhead_enable *)argument)->confirm);
		return 0;
	case 3: note("prepare %u devices %s\n", p->device_count, p->devices[0]); return 0;
	case 4:
		note("create\n");
		((struct bulkhead_create *)argument)->id = made = 2;
		return 0;
	case 5:
		keep_load(l);
		note("load %u 0x%llx %llu\n", l->id, (unsigned long long)l->gpa, (unsigned long long)l->length);
		return 0;
	case 6: note("start %u 0x%llx 0x%llx\n", s->id, (unsigned long long)s->entry, (unsigned long long)s->argument); return 0;
	case 16: c->request = 0x201; /* fall through */
	default: note("%s %u flags %u\n", nr < 20 ? names[nr] : "?", nr == 2 || nr >= 18 ? 0 : c->id, c->flags); return 0;
	}
}

int ioctl(int fd, unsigned long command, ...)
{
	unsigned long nr = command & 0xff;
	va_list args;
	void *argument;

	va_start(args, command);
	argument = va_arg(args, void *);
	va_end(args);
	if (fd < 0 || fd != driver_fd || (command >> 8 & 0xff) != BULKHEAD_IOCTL_TYPE) {
		errno = ENOTTY;
		return -1;
	}
	if (fails(nr, argument))
		return -1;
	switch (command) {
	case BULKHEAD_STATUS: return status(argument);
	case BULKHEAD_CELL_QUERY: return query(argument);
	case BULKHEAD_WINDOW_QUERY: return window(argument);
	case BULKHEAD_CPU_QUERY:
		((struct bulkhead_cpu_query *)argument)->linux_cpu = -1;
		((struct bulkhead_cpu_query *)argument)->info.state = CPU_GUEST;
		return 0;
	case BULKHEAD_COMM: ((struct bulkhead_comm *)argument)->answer = (uint32_t)number("FAKE_ANSWER", 0); return 0;
	case BULKHEAD_CONSOLE: return console(argument);
	case BULKHEAD_STATS: return stats(argument);
	default: return change(nr, argument);
	}
}
