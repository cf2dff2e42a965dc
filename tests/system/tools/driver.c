// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's ioctls one by one, without cellctl, on QEMU's virt and q35 machines. Each command prints "errno MESSAGE" ("0" for success)
 * and what it got; `hold` keeps a prepared cell until it is killed.
 */
#include "../../../hypervisor/include/bulkhead/abi/blob.h"
#include "../../../hypervisor/include/bulkhead/abi/console.h"
#include "../../../hypervisor/include/bulkhead/abi/exits.h"
#include "../../../hypervisor/include/bulkhead/abi/ioctl.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __riscv
#define MACHINE_ARCH BULKHEAD_ARCH_RISCV
#define RAM_BASE 0x80000000
#define RAM_SIZE 0x80000000
#elif defined(__x86_64__)
#define MACHINE_ARCH BULKHEAD_ARCH_X86
#define RAM_BASE 0x100000
#define RAM_SIZE 0x7fee0000
#else
#define MACHINE_ARCH BULKHEAD_ARCH_ARM64
#define RAM_BASE 0x40000000
#define RAM_SIZE 0x80000000
#endif

static int device = -1;
static uint8_t blob[8192];

static int answer(int result, const char *message)
{
	int error = result < 0 ? errno : 0;

	printf("%d%s%s\n", error, message && *message ? " " : "", message ? message : "");
	fflush(stdout);
	return error != 0;
}

/* A section at the end of the blob; returns where its records go. */
static void *section(uint32_t *size, uint32_t index, uint16_t kind, size_t record_size, uint32_t count)
{
	struct blob_section *s = (struct blob_section *)(blob + sizeof(struct blob_header)) + index;
	void *records = blob + *size;

	*s = (struct blob_section){ .kind = kind, .record_size = (uint16_t)record_size, .record_count = count, .offset = *size };
	*size += (uint32_t)(record_size * count + 7) / 8 * 8;
	return records;
}

static struct blob_header *header(uint16_t type, const char *name, uint32_t sections, uint32_t *size)
{
	struct blob_header *h = (struct blob_header *)blob;

	memset(blob, 0, sizeof(blob));
	*h = (struct blob_header){ .magic = BLOB_MAGIC,
				   .abi_major = BULKHEAD_ABI_MAJOR,
				   .abi_minor = BULKHEAD_ABI_MINOR,
				   .type = type,
				   .arch = MACHINE_ARCH,
				   .section_count = sections };
	strncpy(h->name, name, sizeof(h->name) - 1);
	*size = (uint32_t)(sizeof(*h) + sections * sizeof(struct blob_section));
	return h;
}

#ifdef __riscv
static void machine_records(uint32_t *size)
{
	*(struct blob_machine *)section(size, 2, BLOB_MACHINE, sizeof(struct blob_machine), 1) =
		(struct blob_machine){ .phys_limit = 0x800000000,
				       .uart_base = 0x10000000,
				       .uart_type = BLOB_UART_8250,
				       .counter_hz = 10000000,
				       .cbom_block_size = 64 };
	*(struct blob_aplic *)section(size, 3, BLOB_APLIC, sizeof(struct blob_aplic), 1) =
		(struct blob_aplic){ .base = 0x0d000000, .size = 0x8000, .source_count = 96 };
	*(struct blob_imsic *)section(size, 4, BLOB_IMSIC, sizeof(struct blob_imsic), 1) =
		(struct blob_imsic){ .base = 0x28000000, .guest_bits = 2, .hart_bits = 2, .id_count = 255 };
}
#elif defined(__x86_64__)
static void machine_records(uint32_t *size)
{
	*(struct blob_machine *)section(size, 2, BLOB_MACHINE, sizeof(struct blob_machine), 1) =
		(struct blob_machine){ .phys_limit = 1ull << 40, .uart_base = 0x3f8, .uart_type = BLOB_UART_8250_PIO };
	*(struct blob_ioapic *)section(size, 3, BLOB_IOAPIC, sizeof(struct blob_ioapic), 1) =
		(struct blob_ioapic){ .base = 0xfec00000, .pin_count = 24 };
	*(struct blob_x86 *)section(size, 4, BLOB_X86, sizeof(struct blob_x86), 1) =
		(struct blob_x86){ .pm1a_control = 0x604, .reset_port = 0xcf9, .reset_value = 0xf };
}
#else
static void machine_records(uint32_t *size)
{
	*(struct blob_machine *)section(size, 2, BLOB_MACHINE, sizeof(struct blob_machine), 1) = (struct blob_machine){
		.phys_limit = 1ull << 40, .uart_base = 0x09000000, .uart_type = BLOB_UART_PL011, .conduit = BLOB_CONDUIT_SMC
	};
	*(struct blob_gic *)section(size, 3, BLOB_GIC, sizeof(struct blob_gic), 1) =
		(struct blob_gic){ .gicd_base = 0x08000000, .gicd_size = 0x10000, .version = 3, .maintenance_intid = 25 };
	*(struct blob_ram *)section(size, 4, BLOB_GICR, sizeof(struct blob_ram), 1) = (struct blob_ram){ 0x080a0000, 0xf60000 };
}
#endif

static uint32_t system_blob(uint32_t cpus, uint64_t ram)
{
	uint32_t size, i;
	struct blob_header *h = header(BLOB_SYSTEM, "qemu", 5, &size);
	struct blob_cpu *cpu;

	*(struct blob_ram *)section(&size, 0, BLOB_RAM, sizeof(struct blob_ram), 1) = (struct blob_ram){ RAM_BASE, ram };
	cpu = section(&size, 1, BLOB_CPU, sizeof(*cpu), cpus);
	for (i = 0; i < cpus; i++) {
		cpu[i].hwid = i;
		cpu[i].msi_index = MACHINE_ARCH == BULKHEAD_ARCH_RISCV ? i : 0;
	}
	machine_records(&size);
	h->size = size;
	return size;
}

static int do_enable(int argc, char **argv)
{
	uint32_t cpus = argc > 0 ? (uint32_t)strtoul(argv[0], NULL, 0) : 4, i;
	struct bulkhead_enable e = { .size = sizeof(e), .blob = (uintptr_t)blob, .cpu_count = cpus };
	int result;

	e.blob_size = system_blob(cpus, argc > 1 ? strtoull(argv[1], NULL, 0) : RAM_SIZE);
	for (i = 0; i < cpus && i < BULKHEAD_MAX_CPUS; i++)
		e.hwid[i] = i;
	result = ioctl(device, BULKHEAD_ENABLE, &e);
	return answer(result, e.message);
}

static int do_disable(int argc, char **argv)
{
	struct bulkhead_simple s = { .size = sizeof(s) };
	int result = ioctl(device, BULKHEAD_DISABLE, &s);

	(void)argc;
	(void)argv;
	return answer(result, s.message);
}

static int do_status(int argc, char **argv)
{
	struct bulkhead_status s = { .size = sizeof(s) };
	int result = ioctl(device, BULKHEAD_STATUS, &s), i;

	(void)argc;
	(void)argv;
	if (answer(result, ""))
		return 1;
	printf("enabled=%u abi=%#x version=%s cpus=%u cells=%u memory=%#llx+%#llx pool=%u/%u sha256=", s.enabled, s.driver_abi,
	       s.driver_version, s.system.cpu_count, s.system.cell_count, (unsigned long long)s.system.memory_base,
	       (unsigned long long)s.system.memory_size, s.system.root_pool_used, s.system.root_pool_total);
	for (i = 0; i < 32; i++)
		printf("%02x", s.image_sha256[i]);
	printf("\n");
	return 0;
}

/* NAME CPU|any MiB [HOST|any [BUS/DEVICE]] */
static int prepare(int argc, char **argv)
{
	struct bulkhead_prepare p = { .size = sizeof(p), .blob = (uintptr_t)blob };
	uint64_t memory = argc > 2 ? strtoull(argv[2], NULL, 0) << 20 : 0x200000;
	uint64_t host = argc > 3 && strcmp(argv[3], "any") ? strtoull(argv[3], NULL, 0) : BLOB_ANY;
	struct blob_header *h = header(BLOB_CELL, argc > 0 ? argv[0] : "test", 3, &p.blob_size);
	uint32_t cpu = argc > 1 && strcmp(argv[1], "any") ? (uint32_t)strtoul(argv[1], NULL, 0) : BLOB_CPU_ANY;

	*(struct blob_cell *)section(&p.blob_size, 0, BLOB_CELL_CONFIG, sizeof(struct blob_cell), 1) =
		(struct blob_cell){ .flags = BLOB_CELL_CONSOLE, .comm_gpa = 0x40000000 + memory };
	*(struct blob_cell_cpu *)section(&p.blob_size, 1, BLOB_CELL_CPU, sizeof(struct blob_cell_cpu), 1) =
		(struct blob_cell_cpu){ cpu, 0 };
	*(struct blob_cell_memory *)section(&p.blob_size, 2, BLOB_CELL_MEMORY, sizeof(struct blob_cell_memory), 1) =
		(struct blob_cell_memory){ 0x40000000, memory, host, BLOB_MEM_READ | BLOB_MEM_WRITE | BLOB_MEM_EXEC, 0 };
	h->size = p.blob_size;
	if (argc > 4) {
		strncpy(p.devices[0], argv[4], BULKHEAD_DEVICE_NAME - 1);
		p.device_count = 1;
	}
	int result = ioctl(device, BULKHEAD_PREPARE, &p);
	return answer(result, p.message);
}

static int do_hold(int argc, char **argv)
{
	if (prepare(argc, argv))
		return 1;
	for (;;)
		pause();
}

static int do_prepare(int argc, char **argv)
{
	return prepare(argc, argv);
}

static int do_create(int argc, char **argv)
{
	struct bulkhead_create c = { .size = sizeof(c) };
	int result;

	if (strcmp(argc > 0 ? argv[0] : "", "nothing") && prepare(argc, argv))
		return 1;
	result = ioctl(device, BULKHEAD_CREATE, &c);
	if (answer(result, c.message))
		return 1;
	printf("id=%u\n", c.id);
	return 0;
}

/* ID FILE [GPA] */
static int do_load(int argc, char **argv)
{
	struct bulkhead_load l = { .size = sizeof(l),
				   .id = (uint32_t)atoi(argv[0]),
				   .gpa = argc > 2 ? strtoull(argv[2], NULL, 0) : 0x40000000 };
	int file = open(argv[1], O_RDONLY);
	struct stat st;
	void *data;

	if (file < 0 || fstat(file, &st) || !(data = malloc((size_t)st.st_size)) || read(file, data, (size_t)st.st_size) != st.st_size)
		return answer(-1, argv[1]);
	l.data = (uintptr_t)data;
	l.length = (uint64_t)st.st_size;
	int result = ioctl(device, BULKHEAD_LOAD, &l);
	return answer(result, l.message);
}

/* ID [ENTRY [ARGUMENT]] */
static int do_start(int argc, char **argv)
{
	struct bulkhead_start s = { .size = sizeof(s),
				    .id = (uint32_t)atoi(argv[0]),
				    .entry = argc > 1 ? strtoull(argv[1], NULL, 0) : 0x40000000,
				    .argument = argc > 2 ? strtoull(argv[2], NULL, 0) : 0 };
	int result = ioctl(device, BULKHEAD_START, &s);

	return answer(result, s.message);
}

static int on_cell(unsigned long command, int argc, char **argv)
{
	struct bulkhead_cell c = { .size = sizeof(c), .id = (uint32_t)atoi(argv[0]), .flags = argc > 1 ? BULKHEAD_STOP_FORCE : 0 };
	int result = ioctl(device, command, &c);

	return answer(result, c.message);
}

static int do_stop(int argc, char **argv)
{
	return on_cell(BULKHEAD_STOP, argc, argv);
}

static int do_destroy(int argc, char **argv)
{
	return on_cell(BULKHEAD_DESTROY, argc, argv);
}

static int do_list(int argc, char **argv)
{
	struct bulkhead_cell_query q = { .size = sizeof(q), .flags = BULKHEAD_QUERY_NEXT };

	(void)argc;
	(void)argv;
	while (ioctl(device, BULKHEAD_CELL_QUERY, &q) == 0) {
		printf("id=%u name=%s state=%u cpu=%u pool=%u/%u host=%#llx fault=%u pc=%#llx address=%#llx\n", q.info.id, q.info.name,
		       q.info.state, q.info.cpus[0], q.info.pool_used, q.info.pool_pages, (unsigned long long)q.info.memory[0].host,
		       q.info.fault.cause, (unsigned long long)q.info.fault.pc, (unsigned long long)q.info.fault.address);
		q.info.id++;
	}
	return answer(errno == ENOENT ? 0 : -1, "");
}

static int do_cpus(int argc, char **argv)
{
	struct bulkhead_cpu_query q = { .size = sizeof(q) };

	(void)argc;
	(void)argv;
	for (q.info.cpu = 0; q.info.cpu < BULKHEAD_MAX_CPUS && ioctl(device, BULKHEAD_CPU_QUERY, &q) == 0; q.info.cpu++)
		printf("cpu=%u linux=%d state=%u cell=%u hwid=%#llx\n", q.info.cpu, q.linux_cpu, q.info.state, q.info.cell,
		       (unsigned long long)q.info.hwid);
	return 0;
}

/* ID, or nothing for the hypervisor's */
static int do_console(int argc, char **argv)
{
	char text[CONSOLE_RING_DATA];
	struct bulkhead_console c = { .size = sizeof(c),
				      .id = argc > 0 ? (uint32_t)atoi(argv[0]) : BULKHEAD_CONSOLE_HYPERVISOR,
				      .data = (uintptr_t)text,
				      .length = sizeof(text) };
	int result = ioctl(device, BULKHEAD_CONSOLE, &c);

	if (answer(result, ""))
		return 1;
	return fwrite(text, 1, c.length, stdout) != c.length;
}

static int do_stats(int argc, char **argv)
{
	static uint64_t data[BULKHEAD_MAX_CPUS][EXIT_COUNTERS];
	struct bulkhead_stats s = { .size = sizeof(s), .cpu_count = BULKHEAD_MAX_CPUS, .data = (uintptr_t)data };
	int result = ioctl(device, BULKHEAD_STATS, &s);
	uint32_t i, j;

	(void)argc;
	(void)argv;
	if (answer(result, ""))
		return 1;
	for (i = 0; i < s.cpu_count; i++, printf("\n"))
		for (j = 0; j < s.counter_count; j++)
			if (data[i][j])
				printf("cpu%u[%u]=%llu ", i, j, (unsigned long long)data[i][j]);
	return 0;
}

/* NUMBER SIZE FLAGS [SIZE_IN_NUMBER]: a call whose structure holds only those */
static int do_raw(int argc, char **argv)
{
	uint32_t structure[1024] = { 0 };
	unsigned long number = strtoul(argv[0], NULL, 0), size = strtoul(argv[1], NULL, 0);
	unsigned long coded = argc > 3 ? strtoul(argv[3], NULL, 0) : size;

	structure[0] = (uint32_t)size;
	structure[1] = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 0) : 0;
	int result = ioctl(device, 0xc0000000ul | coded << 16 | BULKHEAD_IOCTL_TYPE << 8 | number, structure);
	return answer(result, "");
}

static int do_badpointer(int argc, char **argv)
{
	struct bulkhead_enable e = { .size = sizeof(e), .blob = 0x10, .blob_size = 4096, .cpu_count = 4 };
	int result = ioctl(device, BULKHEAD_STATUS, (void *)16);

	(void)argc;
	(void)argv;
	if (result == 0 || errno != EFAULT)
		return answer(-1, "status took a bad pointer");
	result = ioctl(device, BULKHEAD_ENABLE, &e);
	return answer(result, e.message);
}

/* A virtual machine of the kernel, without CPUs, until killed. */
static int do_vm(int argc, char **argv)
{
	int kvm = open("/dev/kvm", O_RDWR);

	(void)argc;
	(void)argv;
	if (kvm < 0 || ioctl(kvm, KVM_CREATE_VM, 0) < 0)
		return answer(-1, "/dev/kvm");
	close(kvm);
	answer(0, "");
	for (;;)
		pause();
}

static const struct {
	const char *name;
	int (*function)(int argc, char **argv);
	int arguments;
} commands[] = {
	{ "enable", do_enable, 0 },   { "disable", do_disable, 0 }, { "status", do_status, 0 }, { "prepare", do_prepare, 0 },
	{ "hold", do_hold, 0 },       { "create", do_create, 0 },   { "load", do_load, 2 },     { "start", do_start, 1 },
	{ "stop", do_stop, 1 },       { "destroy", do_destroy, 1 }, { "list", do_list, 0 },     { "cpus", do_cpus, 0 },
	{ "console", do_console, 0 }, { "stats", do_stats, 0 },     { "raw", do_raw, 2 },       { "badpointer", do_badpointer, 0 },
	{ "vm", do_vm, 0 },
};

int main(int argc, char **argv)
{
	device = open("/dev/bulkhead", O_RDWR);
	if (device < 0)
		return answer(-1, "/dev/bulkhead");
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[1], commands[i].name) == 0 && argc - 2 >= commands[i].arguments)
			return commands[i].function(argc - 2, argv + 2);
	fprintf(stderr, "usage: driver COMMAND...\n");
	return 2;
}
