// SPDX-License-Identifier: GPL-2.0-only
/* Channels: QEMU connects to a Unix socket per channel; what comes in is logged raw and handed on line by line. */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void channel_listen(struct vm *vm, int index, const char *name)
{
	struct channel *c = &vm->channel[index];
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	memset(c, 0, sizeof(*c));
	c->fd = c->log = -1;
	slot(c->name, sizeof(c->name), "%s", name);
	slot(address.sun_path, sizeof(address.sun_path), "%s/%s", vm->socket_dir, name);
	c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->listener < 0 || bind(c->listener, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(c->listener, 1) != 0)
		die("cannot listen on %s: %s", address.sun_path, strerror(errno));
	vm->present[index] = true;
}

bool channel_accept(struct channel *c)
{
	c->fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (c->fd < 0)
		return false;
	close(c->listener);
	c->listener = -1;
	return true;
}

/* From now on the raw log goes to DIR/NAME.log. */
void channel_log_to(struct channel *c, const char *dir)
{
	if (c->log >= 0)
		close(c->log);
	c->log = open(format("%s/%s.log", dir, c->name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (c->log < 0)
		die("cannot write the log of channel %s in %s: %s", c->name, dir, strerror(errno));
}

static void line_end(struct channel *c, void (*line)(void *, const char *), void *arg)
{
	char **place = &c->tail[c->tail_next++ % TAIL_LINES];

	while (c->used > 0 && c->line[c->used - 1] == '\r')
		c->used--;
	c->line[c->used] = '\0';
	c->used = 0;
	free(*place);
	*place = format("%s", c->line);
	line(arg, c->line);
}

/* Bytes read, 0 at the end of the stream, -1 if there is nothing now. */
int channel_read(struct channel *c, void (*line)(void *, const char *), void *arg)
{
	char buffer[16384];
	ssize_t got = read(c->fd, buffer, sizeof(buffer));

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? -1 : 0;
	if (got > 0 && c->log >= 0 && write(c->log, buffer, (size_t)got) != got)
		die("cannot write the log of channel %s: %s", c->name, strerror(errno));
	for (ssize_t i = 0; i < got; i++) {
		if (buffer[i] == '\n')
			line_end(c, line, arg);
		else if (c->used < LINE_SIZE - 1)
			c->line[c->used++] = buffer[i];
	}
	if (got == 0 && c->used > 0)
		line_end(c, line, arg);
	return (int)got;
}

/* Queued, because the guest may not read while it writes. */
void channel_send(struct channel *c, const char *text, size_t size)
{
	c->out = realloc(c->out, c->out_size + size);
	if (c->out == NULL)
		die("out of memory");
	memcpy(c->out + c->out_size, text, size);
	c->out_size += size;
	channel_flush(c);
}

void channel_flush(struct channel *c)
{
	ssize_t sent;

	if (c->fd < 0 || c->out_size == 0)
		return;
	sent = send(c->fd, c->out, c->out_size, MSG_NOSIGNAL);
	if (sent <= 0)
		return;
	c->out_size -= (size_t)sent;
	memmove(c->out, c->out + sent, c->out_size);
}

void channel_tail(const struct channel *c, const char *prefix)
{
	unsigned int first = c->tail_next > TAIL_LINES ? c->tail_next - TAIL_LINES : 0;

	for (unsigned int i = first; i < c->tail_next; i++)
		printf("%s%s| %s\n", prefix, c->name, c->tail[i % TAIL_LINES]);
}
