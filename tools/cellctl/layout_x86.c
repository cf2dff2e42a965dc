// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linux on x86: a bzImage by its 32-bit boot protocol (Documentation/arch/x86/boot.rst). The kernel goes where it would rather be,
 * the page of boot parameters, the command line and the ACPI tables in the first megabyte, the initrd at the end of memory.
 */
#include "guestacpi.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PARAMS 0x10000u
#define COMMAND_LINE 0x11000u
#define LOW_END GUEST_ACPI_BASE /* RAM ends here, at most where a PC has it end, and goes on at ... */
#define HIGH_START 0x100000u

/* Fields of the setup header, by their place in the file and in the page of parameters. */
#define HEADER_START 0x1f1
#define SETUP_SECTORS 0x1f1
#define E820_COUNT 0x1e8
#define JUMP_OFFSET 0x201 /* the header ends this far behind 0x202 */
#define HEADER_MAGIC 0x202
#define PROTOCOL 0x206
#define LOADER_TYPE 0x210
#define LOAD_FLAGS 0x211
#define CODE32_START 0x214
#define RAMDISK 0x218
#define RAMDISK_SIZE 0x21c
#define COMMAND_LINE_POINTER 0x228
#define RAMDISK_MAX 0x22c
#define COMMAND_LINE_SIZE 0x238
#define PREFERRED_ADDRESS 0x258
#define INIT_SIZE 0x260
#define RSDP_ADDRESS 0x70
#define E820_TABLE 0x2d0
#define E820_MAX 128
#define E820_RAM 1
#define E820_RESERVED 2
#define E820_ACPI 3
#define PROTOCOL_INIT_SIZE 0x20a

#define LOADED_HIGH 0x01
#define LOADER_UNDEFINED 0xff

static u64 get(struct bytes file, u32 offset, u32 size)
{
	u64 value = 0;

	memcpy(&value, file.data + offset, size);
	return value;
}

static void put(u8 *params, u32 offset, u64 value, u32 size)
{
	memcpy(params + offset, &value, size);
}

static u64 setup_size(struct bytes file)
{
	u64 sectors = get(file, SETUP_SECTORS, 1);

	return ((sectors ? sectors : 4) + 1) * 512;
}

int bzimage_kernel(const struct cell *cell, const char *path, struct bytes file, struct layout *l, struct layout_problem *problem)
{
	struct range memory = cell->memory[0].range, kernel;
	u64 setup = setup_size(file);

	if (file.size < 0x1000 || setup >= file.size || get(file, PROTOCOL, 2) < PROTOCOL_INIT_SIZE)
		return layout_problem_set(problem, "file-format", mem_format("'%s' is a damaged or very old bzImage", path),
					  "copy or build it again");
	if (memory.start)
		return layout_problem_set(problem, "file-outside", "Linux on x86 needs memory at address 0, to start its CPUs in",
					  "write memory@0 { reg = <0x0 0x0 ...>; };");
	kernel = range_make(get(file, PREFERRED_ADDRESS, 8), get(file, INIT_SIZE, 4));
	if (!range_ok(kernel) || kernel.start < HIGH_START || range_last(kernel) >> 32 || kernel.size < file.size - setup)
		return layout_problem_set(problem, "file-format", mem_format("'%s' has a damaged setup header", path),
					  "copy or build it again");
	if (!range_contains(memory, kernel))
		return layout_problem_set(problem, "file-too-big",
					  mem_format("'%s' needs %s at 0x%llx, the first memory ends at 0x%llx", path,
						     size_text(kernel.size), (unsigned long long)kernel.start,
						     (unsigned long long)range_last(memory) + 1),
					  mem_format("make the memory SIZE_MiB(%llu) or larger",
						     (unsigned long long)((kernel.start + kernel.size + (64u << 20)) >> 20)));
	l->kind = IMAGE_LINUX;
	l->entry = kernel.start;
	l->setup = file.data;
	return layout_piece(l, "kernel", range_make(kernel.start, file.size - setup), file.data + setup, problem);
}

static void add_e820(u8 *params, struct range r, u32 type)
{
	u8 count = params[E820_COUNT];

	if (!r.size || count == E820_MAX)
		return;
	put(params, E820_TABLE + 20u * count, r.start, 8);
	put(params, E820_TABLE + 20u * count + 8, r.size, 8);
	put(params, E820_TABLE + 20u * count + 16, type, 4);
	params[E820_COUNT] = (u8)(count + 1);
}

static void write_e820(const struct cell *cell, u8 *params)
{
	add_e820(params, range_make(0, LOW_END), E820_RAM);
	add_e820(params, range_make(GUEST_ACPI_BASE, GUEST_ACPI_SIZE), E820_ACPI);
	add_e820(params, range_make(HIGH_START, cell->memory[0].range.size - HIGH_START), E820_RAM);
	for (u32 i = 1; i < cell->memory_count; i++)
		if (!cell->memory[i].read_only) /* Linux would write to it */
			add_e820(params, cell->memory[i].range, E820_RAM);
	for (u32 i = 0; i < cell->window_count; i++)
		add_e820(params, cell->windows[i].range, E820_RESERVED);
}

/* The PC's own ports have fixed names in Linux; it has no driver for the console ring. */
static const char *command_line(const struct cell *cell)
{
	static const u32 known[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };
	const char *args = cell->bootargs ? cell->bootargs : "";
	const struct cell_device *uart = cell_uart(cell);

	for (u32 i = 0; uart && uart->port_count && !strstr(args, "console=") && i < ARRAY_SIZE(known); i++)
		if (uart->ports[0].start == known[i])
			return mem_format("%s%searlycon=uart8250,io,0x%x console=ttyS%u", args, *args ? " " : "", known[i], i);
	return args;
}

static int place_initrd(const struct cell *cell, struct layout *l, u64 size, struct layout_problem *problem)
{
	struct bytes file = { .data = (u8 *)(uintptr_t)l->setup };
	u64 end = range_last(cell->memory[0].range) + 1, kernel_end = l->entry + get(file, INIT_SIZE, 4), at;

	if (end > get(file, RAMDISK_MAX, 4) + 1)
		end = get(file, RAMDISK_MAX, 4) + 1;
	at = size <= end ? page_base(end - size) : 0;
	if (at < kernel_end)
		return layout_problem_set(
			problem, "file-too-big",
			mem_format("kernel (to 0x%llx) and initrd (%llu bytes) do not fit the first memory (to 0x%llx)",
				   (unsigned long long)kernel_end, (unsigned long long)size, (unsigned long long)end),
			mem_format("make the memory SIZE_MiB(%llu) or larger", (unsigned long long)((kernel_end + 3 * size) >> 20) + 64));
	if (size)
		l->initrd = range_make(at, size);
	return 0;
}

static u8 *write_params(const struct cell *cell, const struct layout *l)
{
	u8 *params = mem_alloc(PAGE_SIZE);
	u32 end = HEADER_MAGIC + l->setup[JUMP_OFFSET];

	memcpy(params + HEADER_START, l->setup + HEADER_START, end - HEADER_START);
	params[LOADER_TYPE] = LOADER_UNDEFINED;
	params[LOAD_FLAGS] |= LOADED_HIGH;
	put(params, CODE32_START, l->entry, 4);
	put(params, RAMDISK, l->initrd.start, 4);
	put(params, RAMDISK_SIZE, l->initrd.size, 4);
	put(params, COMMAND_LINE_POINTER, COMMAND_LINE, 4);
	put(params, RSDP_ADDRESS, GUEST_ACPI_BASE, 8);
	write_e820(cell, params);
	return params;
}

int bzimage_rest(const struct cell *cell, struct layout *l, struct bytes initrd, struct layout_problem *problem)
{
	const char *args = command_line(cell);
	struct bytes file = { .data = (u8 *)(uintptr_t)l->setup }, tables = guest_acpi(cell);
	int err = place_initrd(cell, l, initrd.size, problem);

	if (err)
		return err;
	if (strlen(args) > get(file, COMMAND_LINE_SIZE, 4) || strlen(args) >= PAGE_SIZE)
		return layout_problem_set(problem, "file-too-big", "the kernel takes no bootargs of this length", "shorten bootargs");
	l->argument = PARAMS;
	err = layout_piece(l, "initrd", l->initrd, initrd.data, problem);
	if (!err)
		err = layout_piece(l, "parameters", range_make(PARAMS, PAGE_SIZE), write_params(cell, l), problem);
	if (!err)
		err = layout_piece(l, "command line", range_make(COMMAND_LINE, strlen(args) + 1), (const u8 *)args, problem);
	return err ? err : layout_piece(l, "ACPI tables", range_make(GUEST_ACPI_BASE, tables.size), tables.data, problem);
}
