// SPDX-License-Identifier: GPL-2.0-only
/* Devices of the board, its blob, and the comparison with the running machine. */
#include "board.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include "blobfile.h"

bool board_irq_decode(const u32 *cells, struct board_irq *irq)
{
	u32 type = cells[1];

	*irq = (struct board_irq){ .intid = cells[0], .flags = type == 1 || type == 2 ? BLOB_IRQ_EDGE : 0, .type = type };
	return type == 1 || type == 2 || type == 4 || type == 8;
}

void board_irq_encode(const struct board_irq *irq, u32 *cells)
{
	cells[0] = irq->intid;
	cells[1] = irq->type;
}

static bool decode(const struct board *board, const u8 *p, struct board_irq *irq)
{
	u32 cells[IRQ_MAX_CELLS];

	for (u32 i = 0; i < board->arch->irq_cells; i++)
		cells[i] = (u32)tree_number(p + 4 * i, 1);
	return board->arch->decode_irq(board, cells, irq);
}

/* Of the controller, in the board's tree; 0: not what the architecture has. */
static u32 specifier_cells(const struct board *board)
{
	u32 n = tree_u32(&board->tree, board->controller_node, "#interrupt-cells", 0, board->arch->irq_cells);

	return n >= board->arch->irq_cells && n <= board->arch->irq_cells_max ? n : 0;
}

/* interrupt-map of a bus: the controller's cells stand at the end of each entry. Only maps straight to it are understood. */
static int map_irq(const struct board *board, int node, u32 index, struct board_irq *irq)
{
	const struct tree *tree = &board->tree;
	int length;
	const u8 *p = tree_property(tree, node, "interrupt-map", &length);
	u32 address = tree_u32(tree, node, "#address-cells", 0, 2) + tree_u32(tree, node, "#interrupt-cells", 0, 1);
	u32 parent_address = tree_u32(tree, board->controller_node, "#address-cells", 0, 0);
	u32 entry = 4 * (address + 1 + parent_address + specifier_cells(board));
	u64 at = (u64)entry * index;

	if (!p || address > 8 || parent_address > 2 || at + entry > (u32)length)
		return -ENOENT;
	if (tree_by_phandle(tree, (u32)tree_number(p + at + 4 * address, 1)) != board->controller_node)
		return -EINVAL;
	return decode(board, p + at + 4 * (address + 1 + parent_address), irq) ? 0 : -EINVAL;
}

int board_irq(const struct board *board, int node, u32 index, struct board_irq *irq)
{
	const struct tree *tree = &board->tree;
	u32 cells = specifier_cells(board);
	int length;
	const u8 *p = tree_property(tree, node, "interrupts-extended", &length);
	u64 at;

	if (!cells)
		return -EINVAL;
	if (tree_has(tree, node, "interrupt-map"))
		return map_irq(board, node, index, irq);
	if (p) {
		at = 4ull * (cells + 1) * index;
		if (at + 4 * (cells + 1) > (u32)length)
			return -ENOENT;
		if (tree_by_phandle(tree, (u32)tree_number(p + at, 1)) != board->controller_node)
			return -EINVAL;
		return decode(board, p + at + 4, irq) ? 0 : -EINVAL;
	}
	p = tree_property(tree, node, "interrupts", &length);
	at = 4ull * cells * index;
	if (!p || at + 4 * cells > (u32)length)
		return -ENOENT;
	/* The controller's own interrupts go to itself, also where it names no parent. */
	if (node != board->controller_node && tree_interrupt_parent(tree, node) != board->controller_node)
		return -EINVAL;
	return decode(board, p + at, irq) ? 0 : -EINVAL;
}

const char *board_irq_text(const struct board *board, u32 intid)
{
	const struct board_arch *arch = board->arch;

	return arch->irq_base ? mem_format("interrupt %u (%s %u)", intid, arch->irq_name, intid - arch->irq_base)
			      : mem_format("interrupt %u", intid);
}

bool board_ports(const struct board *board, int node, u32 index, struct range *r)
{
	const struct tree *tree = &board->tree;
	int bus = tree_parent(tree, node), length;
	const u8 *p;

	/* The form of the ISA bus: space (1: I/O), address, size. Devices of PCI have theirs in configuration space. */
	if (!board->arch->has_ports || bus < 0 || !tree_compatible(tree, bus, "isa"))
		return false;
	p = tree_property(tree, node, "reg", &length);
	for (u32 i = 0; p && 12 * (i + 1) <= (u32)length; i++, p += 12) {
		if (tree_number(p, 1) != 1 || index--)
			continue;
		*r = range_make(tree_number(p + 4, 1), tree_number(p + 8, 1));
		return r->size && r->start + r->size <= 0x10000;
	}
	return false;
}

u32 board_uart_type(const struct board *board, int node)
{
	static const char *const ns16550[] = { "ns16550a", "ns16550", "snps,dw-apb-uart" };
	struct range r;

	if (tree_compatible(&board->tree, node, "arm,pl011"))
		return BLOB_UART_PL011;
	for (u32 i = 0; i < ARRAY_SIZE(ns16550); i++)
		if (tree_compatible(&board->tree, node, ns16550[i]))
			return board_ports(board, node, 0, &r) ? BLOB_UART_8250_PIO : BLOB_UART_8250;
	return BLOB_UART_NONE;
}

const char *board_linux_name(const struct board *board, int node)
{
	const struct tree *tree = &board->tree;
	const char *known = tree_string(tree, node, "bulkhead,linux-device");
	const char *bus = tree_compatible(tree, node, "arm,primecell") ? "amba" : "platform";
	const char *name = fdt_get_name(tree->fdt, node, NULL);
	size_t length = name ? strcspn(name, "@") : 0;
	struct range r;

	if (known)
		return known;
	if (tree_reg(tree, node, 0, &r))
		return mem_format("%s/%llx.%.*s", bus, (unsigned long long)r.start, (int)length, name);
	return mem_format("%s/%.*s", bus, (int)length, name ? name : "");
}

bool board_is_ram(const struct board *board, struct range r)
{
	for (u32 i = 0; i < board->ram_count; i++)
		if (range_overlaps(board->ram[i], r))
			return true;
	return false;
}

bool board_ram_contains(const struct board *board, struct range r)
{
	for (u32 i = 0; i < board->ram_count; i++)
		if (range_contains(board->ram[i], r))
			return true;
	return false;
}

static const struct range *find_overlap(const struct ranges *list, struct range r)
{
	for (u32 i = 0; i < list->count; i++)
		if (range_overlaps(list->at[i], r))
			return &list->at[i];
	return NULL;
}

bool board_is_controller(const struct board *board, struct range r)
{
	return find_overlap(&board->controllers, r) != NULL;
}

const struct range *board_cell_controller(const struct board *board, struct range r)
{
	return find_overlap(&board->cell_controllers, r);
}

struct bytes board_blob(const struct board *board)
{
	struct blob_ram ram[PLAN_MAX_RAM];
	struct blob_cpu cpu[BULKHEAD_MAX_CPUS] = { 0 };
	struct blob_machine machine = { .phys_limit = board->phys_limit,
					.uart_base = board->uart_base,
					.uart_type = board->uart_type,
					.uart_reg_shift = board->uart_reg_shift,
					.conduit = board->conduit,
					.flags = board->flags,
					.counter_hz = board->counter_hz,
					.cbom_block_size = board->cbom_size };
	/* Those without records are left out. */
	const struct section sections[] = {
		{ BLOB_RAM, sizeof(*ram), board->ram_count, ram },
		{ BLOB_CPU, sizeof(*cpu), board->cpu_count, cpu },
		{ BLOB_MACHINE, sizeof(machine), 1, &machine },
		{ BLOB_GIC, sizeof(board->gic), board->gic.gicd_size ? 1 : 0, &board->gic },
		{ BLOB_GICR, sizeof(*board->gicr), board->gicr_count, board->gicr },
		{ BLOB_APLIC, sizeof(board->aplic), board->aplic.size ? 1 : 0, &board->aplic },
		{ BLOB_IMSIC, sizeof(board->imsic), board->aplic.size ? 1 : 0, &board->imsic },
		{ BLOB_IOAPIC, sizeof(*board->ioapic), board->ioapic_count, board->ioapic },
		{ BLOB_X86, sizeof(board->x86), board->ioapic_count ? 1 : 0, &board->x86 },
	};
	struct system_plan plan;
	struct blob_error error = { 0 };
	struct bytes blob;

	for (u32 i = 0; i < board->ram_count; i++)
		ram[i] = (struct blob_ram){ .base = board->ram[i].start, .size = board->ram[i].size };
	for (u32 i = 0; i < board->cpu_count; i++)
		cpu[i] = (struct blob_cpu){ .hwid = board->cpus[i].hwid, .msi_index = board->cpus[i].msi_index };
	blob = blob_write(BLOB_SYSTEM, board->arch->number, board->name, sections, ARRAY_SIZE(sections));
	if (blob_verify_system(blob.data, blob.size, board->arch->number, &plan, &error)) {
		struct position at = tree_node_at(&board->tree, 0);

		message_error(&at, "board-invalid", "the hypervisor would refuse this board: %s (section %u, record %u)",
			      error.check ? error.check : "?", error.section, error.record);
		message_fix("correct the board's device tree");
		blob = (struct bytes){ 0 };
	}
	return blob;
}

static int mismatch(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int mismatch(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	message_list(SEVERITY_ERROR, NULL, "board-mismatch", fmt, args);
	va_end(args);
	message_fix("leave BOARD out to use the machine's own device tree, or name the right board");
	return -EINVAL;
}

int board_compare(const struct board *file, const struct board *live)
{
	const struct range *a = file->cell_controllers.at, *b = live->cell_controllers.at;
	const char *name = file->name;

	if (file->arch != live->arch)
		return mismatch("board '%s' is not this machine: it is %s, this machine %s", name, file->arch->machine,
				live->arch->machine);
	if (file->cpu_count != live->cpu_count)
		return mismatch("board '%s' is not this machine: it has %u CPUs, this machine %u", name, file->cpu_count, live->cpu_count);
	for (u32 i = 0; i < file->cpu_count; i++)
		if (file->cpus[i].hwid != live->cpus[i].hwid)
			return mismatch("board '%s' is not this machine: its CPU %u has hardware id 0x%llx, here 0x%llx", name, i,
					(unsigned long long)file->cpus[i].hwid, (unsigned long long)live->cpus[i].hwid);
	for (u32 i = 0; i < 2; i++)
		if (a[i].start != b[i].start)
			return mismatch("board '%s' is not this machine: its interrupt controller has registers at 0x%llx, here at 0x%llx",
					name, (unsigned long long)a[i].start, (unsigned long long)b[i].start);
	if (file->ram_count != live->ram_count)
		return mismatch("board '%s' is not this machine: it has %u memory banks, this machine %u", name, file->ram_count,
				live->ram_count);
	for (u32 i = 0; i < file->ram_count; i++)
		if (file->ram[i].start != live->ram[i].start || file->ram[i].size != live->ram[i].size)
			return mismatch("board '%s' is not this machine: its memory bank %u is 0x%llx, %s, here 0x%llx, %s", name, i,
					(unsigned long long)file->ram[i].start, size_text(file->ram[i].size),
					(unsigned long long)live->ram[i].start, size_text(live->ram[i].size));
	return 0;
}

void board_strip(struct board *board)
{
	static const char *const secrets[] = { "kaslr-seed", "rng-seed", "bootargs", "linux,initrd-start", "linux,initrd-end" };
	int node = fdt_path_offset(board->tree.fdt, "/chosen");

	for (u32 i = 0; node >= 0 && i < ARRAY_SIZE(secrets); i++)
		fdt_nop_property(board->tree.fdt, node, secrets[i]);
	node = fdt_path_offset(board->tree.fdt, "/secure-chosen");
	for (u32 i = 0; node >= 0 && i < ARRAY_SIZE(secrets); i++)
		fdt_nop_property(board->tree.fdt, node, secrets[i]);
}
