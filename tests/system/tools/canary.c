// SPDX-License-Identifier: GPL-2.0-only
/* A page of the root with a pattern in it. Prints "canary: PA", waits for SIGTERM, and says whether the pattern is still there. */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	unsigned char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/proc/self/pagemap", O_RDONLY), signal_number;
	uint64_t entry;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	memset(page, 0xa5, 4096);
	if (mlock(page, 4096) != 0 || pread(fd, &entry, sizeof(entry), (off_t)((uintptr_t)page / 4096 * 8)) != sizeof(entry) ||
	    (entry & ((1ull << 55) - 1)) == 0)
		return 2;
	printf("canary: 0x%llx\n", (unsigned long long)(entry & ((1ull << 55) - 1)) * 4096);
	fflush(stdout);
	sigwait(&set, &signal_number);
	for (int i = 0; i < 4096; i++) {
		if (page[i] != 0xa5) {
			printf("canary: changed at %d: 0x%x\n", i, page[i]);
			return 1;
		}
	}
	printf("canary: intact\n");
	return 0;
}
