// SPDX-License-Identifier: GPL-2.0-only
/* Prints how many pages the root's kernel has marked as not its own (PageOffline), from /proc/kpageflags: what the driver holds. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define KPF_OFFLINE 23

int main(void)
{
	static uint64_t flags[8192];
	int fd = open("/proc/kpageflags", O_RDONLY);
	unsigned long count = 0;
	ssize_t got;

	if (fd < 0)
		return 1;
	while ((got = read(fd, flags, sizeof(flags))) > 0)
		for (size_t i = 0; i < (size_t)got / sizeof(flags[0]); i++)
			count += flags[i] >> KPF_OFFLINE & 1;
	printf("%lu\n", count);
	return got != 0;
}
