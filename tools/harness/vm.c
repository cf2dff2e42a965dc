// SPDX-License-Identifier: GPL-2.0-only
/* One running QEMU and the poll loop. QEMU is a process group of its own and is only ever killed by its pid. */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BOOT_SOCKETS_MS = 20000, SILENCE_MS = 60000 };

static int64_t scaled(int64_t ms)
{
	return (int64_t)((double)ms * places.slow);
}

static void nonce_make(struct vm *vm)
{
	unsigned char random[16];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		die("no random numbers");
	for (size_t i = 0; i < sizeof(random); i++)
		slot(vm->nonce + 2 * i, 3, "%02x", random[i]);
}

static void qemu_exec(char **argv, const char *dir)
{
	int log = open(format("%s/qemu.err", dir), O_WRONLY | O_CREAT | O_TRUNC, 0666);
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* the harness may be killed itself */
	dup2(null, 0);
	dup2(log, 1);
	dup2(log, 2);
	execvp(argv[0], argv);
	dprintf(2, "cannot start %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static bool qemu_alive(struct vm *vm)
{
	if (vm->pid > 0 && waitpid(vm->pid, &vm->status, WNOHANG) == vm->pid)
		vm->pid = 0;
	return vm->pid > 0;
}

static void sockets_accept(struct vm *vm)
{
	int64_t deadline = now_ms() + scaled(BOOT_SOCKETS_MS);

	for (int i = 0; i < CHANNELS; i++) {
		struct pollfd p = { .fd = vm->channel[i].listener, .events = POLLIN };

		while (vm->present[i] && poll(&p, 1, 100) <= 0) {
			if (!qemu_alive(vm) || now_ms() > deadline) {
				char *why = file_read(format("%s/qemu.err", vm->log_dir), NULL);

				vm_kill(vm);
				die("QEMU does not start:\n%s", why == NULL ? "" : why);
			}
		}
		if (vm->present[i] && !channel_accept(&vm->channel[i]))
			die("accept: %s", strerror(errno));
		if (vm->present[i])
			unlink(format("%s/%s", vm->socket_dir, vm->channel[i].name));
	}
	rmdir(vm->socket_dir);
}

void vm_start(struct vm *vm, const struct board *b, struct script *scripts, int count, char **data, int data_count, const char *dir)
{
	char *initrd = format("%s/initrd", dir);
	char **argv;

	memset(vm, 0, sizeof(*vm));
	vm->board = b;
	for (int i = 0; i < CHANNELS; i++)
		vm->channel[i].fd = vm->channel[i].listener = vm->channel[i].log = -1;
	nonce_make(vm);
	clocks_refresh();
	dir_clear(dir);
	slot(vm->log_dir, sizeof(vm->log_dir), "%s", dir);
	slot(vm->socket_dir, sizeof(vm->socket_dir), "/tmp/bulkhead-XXXXXX");
	if (mkdtemp(vm->socket_dir) == NULL)
		die("cannot make %s", vm->socket_dir);
	initrd_make(initrd, b, vm->nonce, scripts, count, data, data_count);
	argv = qemu_line(vm, initrd, count == 1 ? scripts : NULL);
	qemu_line_save(argv, format("%s/qemu.sh", dir));
	vm_log_to(vm, dir);
	fflush(stdout);
	vm->pid = fork();
	if (vm->pid < 0)
		die("fork: %s", strerror(errno));
	if (vm->pid == 0)
		qemu_exec(argv, dir);
	file_write(format("%s/qemu.pid", dir), format("%d\n", (int)vm->pid));
	sockets_accept(vm);
	qmp_start(vm);
	vm->heard = now_ms();
}

void vm_log_to(struct vm *vm, const char *dir)
{
	slot(vm->log_dir, sizeof(vm->log_dir), "%s", dir);
	for (int i = 0; i < CHANNELS; i++) {
		if (vm->present[i])
			channel_log_to(&vm->channel[i], dir);
	}
}

void vm_command(struct vm *vm, const char *fmt, ...)
{
	va_list args;
	char text[256];
	int length;

	va_start(args, fmt);
	length = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (length < 0 || (size_t)length >= sizeof(text))
		die("command too long");
	channel_send(&vm->channel[CH_T], text, (size_t)length);
}

/* Lines of T queue here between vm_wait() calls. */
struct queue {
	char **line;
	size_t first, count;
};

static struct queue queue;

static void line_from_t(void *arg, const char *line)
{
	(void)arg;
	queue.line = realloc(queue.line, (queue.count + 1) * sizeof(char *));
	if (queue.line == NULL)
		die("out of memory");
	queue.line[queue.count++] = format("%s", line);
}

static void line_from_k(void *arg, const char *line)
{
	console_line(arg, line);
}

/* A sign of life of a cell. */
void vm_after(struct vm *vm, long value)
{
	vm->after_last = value;
	if (!vm->after_seen)
		vm->after_first = value;
	vm->after_seen = true;
}

static void line_from_u(void *arg, const char *line)
{
	struct vm *vm = arg;
	struct script *s = vm->script;
	regmatch_t match[2];

	if (s != NULL && s->after.wanted && regexec(&s->after.regex, line, 2, match, 0) == 0)
		vm_after(vm, atol(line + match[1].rm_so));
}

static void line_from_q(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

/* The UART a directive judges is read by its own callback; the others only go to their logs. */
static void channel_service(struct vm *vm, int i)
{
	static void (*const callback[])(void *, const char *) = { line_from_k, line_from_t, line_from_q };
	struct channel *c = &vm->channel[i];
	bool judged = vm->script != NULL && vm->script->after.wanted && vm->script->after.uart == i;
	int got = channel_read(c, i < CH_U1 ? callback[i] : judged ? line_from_u : line_from_q, vm);

	if (got == 0) {
		close(c->fd);
		c->fd = -1;
	}
	if (got > 0 && (i == CH_K || i == CH_T))
		vm->heard = now_ms();
}

/* K before T: the loop reads channels in order, so a complaint is known before the line that follows it. */
static void channels_poll(struct vm *vm, int timeout)
{
	struct pollfd p[CHANNELS];

	for (int i = 0; i < CHANNELS; i++) {
		p[i].fd = vm->present[i] ? vm->channel[i].fd : -1;
		p[i].events = (short)(POLLIN | (vm->channel[i].out_size > 0 ? POLLOUT : 0));
		p[i].revents = 0;
	}
	if (poll(p, CHANNELS, timeout) <= 0)
		return;
	for (int i = 0; i < CHANNELS; i++) {
		if (p[i].fd >= 0 && (p[i].revents & POLLOUT) != 0)
			channel_flush(&vm->channel[i]);
		if (p[i].fd >= 0 && (p[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			channel_service(vm, i);
	}
}

/* The next line of T, or why there will be none. The deadline is absolute, in ms; the script's clock is widened by the caller. */
enum event vm_wait(struct vm *vm, int64_t deadline, char *line, size_t size)
{
	for (;;) {
		int64_t now = now_ms();

		if (queue.first < queue.count) {
			char *next = queue.line[queue.first++];

			snprintf(line, size, "%s", next);
			free(next);
			if (queue.first == queue.count)
				queue.first = queue.count = 0;
			return EV_LINE;
		}
		if (vm->panicked)
			return EV_PANIC;
		if (now >= deadline)
			return EV_TIMEOUT;
		if (now - vm->heard >= scaled(SILENCE_MS))
			return EV_SILENT;
		if (!qemu_alive(vm)) {
			channels_poll(vm, 0);
			if (queue.first == queue.count)
				return EV_DIED;
			continue;
		}
		channels_poll(vm, (int)(deadline - now < 200 ? deadline - now : 200));
	}
}

void vm_kill(struct vm *vm)
{
	queue.first = queue.count = 0;
	if (qemu_alive(vm)) {
		kill(vm->pid, SIGKILL);
		waitpid(vm->pid, &vm->status, 0);
		vm->pid = 0;
	}
	for (int i = 0; i < CHANNELS; i++) {
		if (vm->channel[i].fd >= 0)
			close(vm->channel[i].fd);
		if (vm->channel[i].log >= 0)
			close(vm->channel[i].log);
	}
}

/* After `quit`: QEMU must go by itself, with status 0. */
bool vm_ended_well(struct vm *vm)
{
	int64_t deadline = now_ms() + scaled(20000);

	while (qemu_alive(vm) && now_ms() < deadline)
		channels_poll(vm, 100);
	channels_poll(vm, 0);
	return vm->pid == 0 && WIFEXITED(vm->status) && WEXITSTATUS(vm->status) == 0;
}
