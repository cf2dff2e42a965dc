// SPDX-License-Identifier: GPL-2.0-only
/*
 * What kexec and a dump kernel's collector do, as far as tests need it.
 *   kexec plan IMAGE INITRD [BASE]       where all goes, as variables of a shell: from BASE on, or in the memory kept for a dump kernel
 *   kexec load IMAGE INITRD TREE [BASE]   loads a kernel there with its device tree; x86: a COMMANDLINE for TREE, and where is not asked
 *   kexec go                              starts the one that was loaded to follow this one
 *   kexec read [ADDRESS...]               in a dump kernel: opens /proc/vmcore, reads all of it, and says what is at those addresses
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MIB 0x100000ull
#define HEADER_ROOM (64 * 1024)
#define RANGES 64

static void fail(const char *what)
{
	fprintf(stderr, "kexec: %s: %s\n", what, strerror(errno));
	exit(1);
}

struct file {
	void *data;
	size_t size;
};

static struct file file_of(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct file f = { 0 };
	size_t room = 0;
	ssize_t got;

	if (fd < 0)
		fail(path);
	do {
		if (f.size == room) {
			room = room ? 2 * room : 65536;
			f.data = realloc(f.data, room);
		}
		got = f.data ? read(fd, (char *)f.data + f.size, room - f.size) : -1;
		if (got < 0)
			fail(path);
		f.size += (size_t)got;
	} while (got > 0);
	close(fd);
	return f;
}

static uint64_t up(uint64_t value, uint64_t to)
{
	return (value + to - 1) / to * to;
}

struct span {
	uint64_t start, end; /* end: the first byte behind */
};

/* Lines of /proc/iomem with that name; those inside others, too. */
static int spans(const char *name, struct span *s)
{
	FILE *f = fopen("/proc/iomem", "r");
	char line[256];
	int count = 0;

	while (f && fgets(line, sizeof(line), f) && count < RANGES) {
		char *colon = strstr(line, " : ");

		if (!colon || strncmp(colon + 3, name, strlen(name)) != 0 || sscanf(line, "%lx-%lx", &s[count].start, &s[count].end) != 2)
			continue;
		s[count++].end++;
	}
	if (f)
		fclose(f);
	return count;
}

static struct plan {
	uint64_t base, end, kernel, initrd, initrd_end, tree, header, stub;
} plan;

/* arm64 and riscv: the image says where in 2 MiB it begins and how much it takes. */
static void plan_make(const struct file *image, const struct file *initrd, const char *base)
{
	struct span crash[RANGES] = { 0 };
	uint64_t offset, size;

	if (base)
		crash[0] = (struct span){ strtoull(base, NULL, 0), strtoull(base, NULL, 0) + 512 * MIB };
	else if (spans("Crash kernel", crash) < 1 || crash[0].end - crash[0].start < 64 * MIB) {
		fprintf(stderr, "kexec: no memory is kept for a dump kernel\n");
		exit(1);
	}
	memcpy(&offset, (char *)image->data + 8, 8);
	memcpy(&size, (char *)image->data + 16, 8);
	plan.base = crash[0].start;
	plan.end = crash[0].end;
	plan.kernel = up(plan.base, 2 * MIB) + offset % (2 * MIB);
	plan.initrd = up(plan.kernel + (size > image->size ? size : image->size), 2 * MIB);
	plan.initrd_end = plan.initrd + initrd->size;
	plan.tree = up(plan.initrd_end, 2 * MIB);
	plan.header = plan.tree + 2 * MIB;
	plan.stub = plan.header + HEADER_ROOM;
}

#ifndef __x86_64__
static uint64_t number_in(const char *path, uint64_t *size)
{
	struct file f = file_of(path);
	char text[128] = "";
	uint64_t value = 0;

	memcpy(text, f.data, f.size < sizeof(text) - 1 ? f.size : sizeof(text) - 1);
	*size = 0;
	sscanf(text, "%lx %lx", &value, size);
	return value;
}

static void note_add(Elf64_Ehdr *head, Elf64_Phdr *program, uint64_t at, uint64_t size)
{
	program[head->e_phnum++] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = at, .p_paddr = at, .p_filesz = size, .p_memsz = size };
}

/* The header of the crashed kernel's memory: all RAM but the dump kernel's, cells' memory included. */
static void header_make(void *room)
{
	Elf64_Ehdr *head = room;
	Elf64_Phdr *program = (Elf64_Phdr *)(head + 1);
	struct span ram[RANGES];
	int count = spans("System RAM", ram);
	char path[96];
	uint64_t at, size;

	memcpy(head->e_ident, ELFMAG, SELFMAG);
	head->e_ident[EI_CLASS] = ELFCLASS64;
	head->e_ident[EI_DATA] = ELFDATA2LSB;
	head->e_ident[EI_VERSION] = EV_CURRENT;
	head->e_type = ET_CORE;
#ifdef __riscv
	head->e_machine = EM_RISCV;
#else
	head->e_machine = EM_AARCH64;
#endif
	head->e_version = EV_CURRENT;
	head->e_phoff = sizeof(*head);
	head->e_ehsize = sizeof(*head);
	head->e_phentsize = sizeof(*program);
	for (int cpu = 0; cpu < 64; cpu++) {
		uint64_t unused;

		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/crash_notes", cpu);
		if (access(path, R_OK) != 0)
			continue;
		at = number_in(path, &unused);
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/crash_notes_size", cpu);
		size = (uint64_t)strtoul(file_of(path).data, NULL, 10);
		note_add(head, program, at, size);
	}
	at = number_in("/sys/kernel/vmcoreinfo", &size);
	note_add(head, program, at, size);
	for (int i = 0; i < count; i++) {
		struct span parts[2] = { ram[i], { 0, 0 } };

		if (ram[i].start <= plan.base && plan.end <= ram[i].end) {
			parts[0].end = plan.base;
			parts[1] = (struct span){ plan.end, ram[i].end };
		}
		for (int k = 0; k < 2; k++)
			if (parts[k].end > parts[k].start)
				program[head->e_phnum++] = (Elf64_Phdr){ .p_type = PT_LOAD,
									 .p_flags = PF_R | PF_W | PF_X,
									 .p_offset = parts[k].start,
									 .p_paddr = parts[k].start,
									 .p_filesz = parts[k].end - parts[k].start,
									 .p_memsz = parts[k].end - parts[k].start };
	}
}

#endif

static int do_plan(char **argv, const char *base)
{
	struct file image = file_of(argv[2]), initrd = file_of(argv[3]);

	plan_make(&image, &initrd, base);
	printf("crash_base=0x%lx crash_size=0x%lx initrd=0x%lx initrd_end=0x%lx header=0x%lx header_size=0x%x\n", plan.base,
	       plan.end - plan.base, plan.initrd, plan.initrd_end, plan.header, HEADER_ROOM);
	return 0;
}

#ifdef __x86_64__
static int do_load(char **argv, const char *base)
{
	int kernel = open(argv[2], O_RDONLY), initrd = open(argv[3], O_RDONLY);

	if (kernel < 0 || initrd < 0)
		fail("open");
	if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(argv[4]) + 1, argv[4], base ? 0 : KEXEC_FILE_ON_CRASH))
		fail("kexec_file_load");
	return 0;
}
#else
static struct kexec_segment segment_of(struct file f, uint64_t at)
{
	return (struct kexec_segment){ .buf = f.data, .bufsz = f.size, .mem = (void *)at, .memsz = up(f.size, 65536) };
}

/* Where a dump kernel begins. arm64's kernel does not tell it where the tree is: ldr x0, tree; ldr x16, kernel; br x16. */
static struct file stub_make(void)
{
	static uint64_t code[] = { 0x580000b058000080, 0xd503201fd61f0200, 0, 0 };

	code[2] = plan.tree;
	code[3] = plan.kernel;
	return (struct file){ code, sizeof(code) };
}

static int do_load(char **argv, const char *base)
{
	struct file image = file_of(argv[2]), initrd = file_of(argv[3]), tree = file_of(argv[4]);
	struct file header = { calloc(1, HEADER_ROOM), HEADER_ROOM };

	uint64_t entry;

	plan_make(&image, &initrd, base);
	header_make(header.data);
	struct kexec_segment segments[] = { segment_of(image, plan.kernel), segment_of(initrd, plan.initrd), segment_of(tree, plan.tree),
					    segment_of(header, plan.header), segment_of(stub_make(), plan.stub) };
#ifdef __riscv
	entry = plan.kernel;
#else
	entry = plan.stub;
#endif
	if (syscall(SYS_kexec_load, entry, sizeof(segments) / sizeof(segments[0]), segments,
		    (base ? 0 : KEXEC_ON_CRASH) | KEXEC_ARCH_DEFAULT))
		fail("kexec_load");
	return 0;
}
#endif

static void show(int core, const Elf64_Phdr *p, uint64_t address)
{
	uint64_t word;

	if (address < p->p_paddr || address >= p->p_paddr + p->p_filesz)
		return;
	if (pread(core, &word, sizeof(word), (off_t)(p->p_offset + address - p->p_paddr)) != sizeof(word))
		fail("read");
	printf("vmcore: at 0x%lx is 0x%lx\n", address, word);
}

static int do_read(int argc, char **argv)
{
	static char buffer[MIB];
	int core = open("/proc/vmcore", O_RDONLY);
	Elf64_Ehdr head;
	uint64_t total = 0;

	if (core < 0 || pread(core, &head, sizeof(head), 0) != sizeof(head) || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0)
		fail("/proc/vmcore");
	for (int i = 0; i < head.e_phnum; i++) {
		Elf64_Phdr p;

		if (pread(core, &p, sizeof(p), (off_t)(head.e_phoff + (uint64_t)i * sizeof(p))) != sizeof(p))
			fail("program header");
		for (int k = 2; k < argc && p.p_type == PT_LOAD; k++)
			show(core, &p, strtoull(argv[k], NULL, 0));
		for (uint64_t at = 0; at < p.p_filesz;) {
			uint64_t left = p.p_filesz - at;
			ssize_t got = pread(core, buffer, left < sizeof(buffer) ? left : sizeof(buffer), (off_t)(p.p_offset + at));

			if (got <= 0)
				fail("read");
			at += (uint64_t)got;
			total += (uint64_t)got;
		}
	}
	printf("vmcore: %lu MiB read\n", (unsigned long)(total / MIB));
	return 0;
}

int main(int argc, char **argv)
{
	if ((argc == 4 || argc == 5) && strcmp(argv[1], "plan") == 0)
		return do_plan(argv, argv[4]);
	if ((argc == 5 || argc == 6) && strcmp(argv[1], "load") == 0)
		return do_load(argv, argv[5]);
	if (argc == 2 && strcmp(argv[1], "go") == 0 && reboot(RB_KEXEC))
		fail("reboot");
	if (argc >= 2 && strcmp(argv[1], "read") == 0)
		return do_read(argc, argv);
	return 2;
}
