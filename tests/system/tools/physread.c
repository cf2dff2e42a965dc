// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks at a physical address the ways a root's user can:
 *   physread address PA       prints the kernel's linear-map address of PA, from /proc/kcore's headers
 *   physread kcore PA [SIZE]  reads SIZE bytes (default 8) through /proc/kcore; shows the first word that is not zero, else 0x0
 *   physread devmem PA        maps /dev/mem and reads it
 * The last two print "VALUE" or "error: ..."; a death by signal is the shell's to see.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__riscv) || defined(__x86_64__)
#define IMAGE_FIRST 0xffffffff00000000ull
#else
#define IMAGE_FIRST 0xffff800000000000ull
#endif

static int segment_find(int fd, uint64_t pa, Elf64_Phdr *found)
{
	Elf64_Ehdr header;

	if (fd < 0 || pread(fd, &header, sizeof(header), 0) != sizeof(header))
		return -1;
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		if (pread(fd, found, sizeof(*found), (off_t)(header.e_phoff + i * sizeof(*found))) != sizeof(*found))
			return -1;
		/* Linear map only: the kernel image is there a second time, above it. */
		if (found->p_type == PT_LOAD && found->p_vaddr < IMAGE_FIRST && pa >= found->p_paddr &&
		    pa - found->p_paddr < found->p_memsz)
			return 0;
	}
	errno = ENOENT;
	return -1;
}

static int show(const char *what, const uint64_t *value)
{
	if (value == NULL)
		printf("error: %s: %s\n", what, strerror(errno));
	else
		printf("0x%llx\n", (unsigned long long)*value);
	return value == NULL;
}

/* Zeros are what a reader gets instead of memory it must not see, so the first other word is the one to show. */
static int kcore_show(int fd, off_t at, uint64_t size)
{
	uint64_t page[512], value = 0;

	for (uint64_t done = 0; done < size && value == 0; done += sizeof(page)) {
		size_t part = size - done < sizeof(page) ? (size_t)(size - done) : sizeof(page);

		if (pread(fd, page, part, at + (off_t)done) != (ssize_t)part)
			return show("/proc/kcore", NULL);
		for (size_t i = 0; i < part / sizeof(page[0]) && value == 0; i++)
			value = page[i];
	}
	return show("", &value);
}

int main(int argc, char **argv)
{
	uint64_t pa = argc > 2 ? strtoull(argv[2], NULL, 0) : 0, value;
	Elf64_Phdr segment;
	void *page;
	int fd;

	if (argc < 3)
		return 2;
	if (strcmp(argv[1], "devmem") == 0) {
		fd = open("/dev/mem", O_RDWR | O_SYNC);
		page = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, (off_t)(pa & ~4095ull));
		if (page == MAP_FAILED)
			return show("/dev/mem", NULL);
		value = *(volatile uint64_t *)((char *)page + (pa & 4088));
		return show("", &value);
	}
	fd = open("/proc/kcore", O_RDONLY);
	if (segment_find(fd, pa, &segment) != 0)
		return show("/proc/kcore has no segment", NULL);
	if (strcmp(argv[1], "address") == 0) {
		value = segment.p_vaddr + (pa - segment.p_paddr);
		return show("", &value);
	}
	return kcore_show(fd, (off_t)(segment.p_offset + (pa - segment.p_paddr)), argc > 3 ? strtoull(argv[3], NULL, 0) : sizeof(value));
}
