// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the driver tells by itself: each uevent as "EVENT CELL STATE", and, with a file of sysfs, "poll: CONTENT" whenever poll(2) says that
 * it changed. "listening" comes first; ends by a signal.
 */
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *value(const char *message, ssize_t length, const char *key)
{
	for (const char *at = message; at < message + length; at += strlen(at) + 1)
		if (strncmp(at, key, strlen(key)) == 0)
			return at + strlen(key);
	return "";
}

static void heard(int link)
{
	char message[4096];
	ssize_t length = recv(link, message, sizeof(message) - 1, 0);

	if (length <= 0)
		return;
	message[length] = '\0';
	if (*value(message, length, "BULKHEAD_EVENT="))
		printf("%s %s %s\n", value(message, length, "BULKHEAD_EVENT="), value(message, length, "BULKHEAD_CELL="),
		       value(message, length, "BULKHEAD_STATE="));
}

static void changed(int file)
{
	char content[64] = "";

	if (pread(file, content, sizeof(content) - 1, 0) > 0)
		printf("poll: %s", content);
	else
		printf("poll: gone\n");
}

int main(int argc, char **argv)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	struct pollfd waits[2] = { { .fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT), .events = POLLIN },
				   { .events = POLLPRI } };
	char content[64];

	waits[1].fd = argc > 1 ? open(argv[1], O_RDONLY) : -1;
	if (bind(waits[0].fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    (argc > 1 && read(waits[1].fd, content, sizeof(content)) < 0))
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("listening\n");
	while (poll(waits, 2, -1) > 0) {
		if (waits[0].revents)
			heard(waits[0].fd);
		if (waits[1].revents)
			changed(waits[1].fd);
	}
	return 1;
}
