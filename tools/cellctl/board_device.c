// SPDX-License-Identifier: GPL-2.0-only
/* Devices of the board, its blob, and the comparison with the running machine. */
#include "board.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include "blobfile.h"

#define GIC_SPI 0
#define GIC_PPI 1

bool board_decode_irq(const u32 cells[3], struct board_irq *irq)
{
	u32 type = cells[2] & 0xf;

	irq->is_private = cells[0] == GIC_PPI;
	irq->intid = cells[1] + (irq->is_private ? 16 : 32);
	irq->flags = type == 1 ? BLOB_IRQ_EDGE : 0;
	return cells[0] <= GIC_PPI && cells[1] < (irq->is_private ? 16 : 988) && (irq->is_private || type == 1 || type == 4);
}

static bool gic_cells(const struct board *board, const u8 *p, struct board_irq *irq)
{
	u32 cells[3] = { (u32)tree_number(p, 1), (u32)tree_number(p + 4, 1), (u32)tree_number(p + 8, 1) };

	(void)board;
	return board_decode_irq(cells, irq);
}

/* interrupt-map of a bus: the GIC's cells stand at the end of each entry. Only maps straight to the GIC are understood. */
static int map_irq(const struct board *board, int node, u32 index, struct board_irq *irq)
{
	const struct tree *tree = &board->tree;
	int length;
	const u8 *p = tree_property(tree, node, "interrupt-map", &length);
	u32 address = tree_u32(tree, node, "#address-cells", 0, 2) + tree_u32(tree, node, "#interrupt-cells", 0, 1);
	u32 gic_address = tree_u32(tree, board->gic_node, "#address-cells", 0, 0);
	u32 entry = 4 * (address + 1 + gic_address + tree_u32(tree, board->gic_node, "#interrupt-cells", 0, 3));
	u64 at = (u64)entry * index;

	if (!p || address > 8 || gic_address > 2 || at + entry > (u32)length)
		return -ENOENT;
	if (fdt_node_offset_by_phandle(tree->fdt, (u32)tree_number(p + at + 4 * address, 1)) != board->gic_node)
		return -EINVAL;
	return gic_cells(board, p + at + 4 * (address + 1 + gic_address), irq) ? 0 : -EINVAL;
}

int board_irq(const struct board *board, int node, u32 index, struct board_irq *irq)
{
	const struct tree *tree = &board->tree;
	u32 cells = tree_u32(tree, board->gic_node, "#interrupt-cells", 0, 3);
	int length;
	const u8 *p = tree_property(tree, node, "interrupts-extended", &length);
	u64 at;

	if (tree_has(tree, node, "interrupt-map"))
		return map_irq(board, node, index, irq);
	if (cells < 3 || cells > 4)
		return -EINVAL;
	if (p) {
		at = 4ull * (cells + 1) * index;
		if (at + 4 * (cells + 1) > (u32)length)
			return -ENOENT;
		if (fdt_node_offset_by_phandle(tree->fdt, (u32)tree_number(p + at, 1)) != board->gic_node)
			return -EINVAL;
		return gic_cells(board, p + at + 4, irq) ? 0 : -EINVAL;
	}
	p = tree_property(tree, node, "interrupts", &length);
	at = 4ull * cells * index;
	if (!p || at + 4 * cells > (u32)length)
		return -ENOENT;
	/* The controller's own interrupts go to itself, also where it names no parent. */
	if (node != board->gic_node && tree_interrupt_parent(tree, node) != board->gic_node)
		return -EINVAL;
	return gic_cells(board, p + at, irq) ? 0 : -EINVAL;
}

u32 board_uart_type(const struct board *board, int node)
{
	static const char *const ns16550[] = { "ns16550a", "ns16550", "snps,dw-apb-uart" };

	if (tree_compatible(&board->tree, node, "arm,pl011"))
		return BLOB_UART_PL011;
	for (u32 i = 0; i < ARRAY_SIZE(ns16550); i++)
		if (tree_compatible(&board->tree, node, ns16550[i]))
			return BLOB_UART_8250;
	return BLOB_UART_NONE;
}

const char *board_linux_name(const struct board *board, int node)
{
	const struct tree *tree = &board->tree;
	const char *bus = tree_compatible(tree, node, "arm,primecell") ? "amba" : "platform";
	const char *name = fdt_get_name(tree->fdt, node, NULL);
	size_t length = name ? strcspn(name, "@") : 0;
	struct range r;

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

bool board_is_controller(const struct board *board, struct range r)
{
	if (range_overlaps(board->gicd, r))
		return true;
	for (u32 i = 0; i < board->gicr_count; i++)
		if (range_overlaps(board->gicr[i], r))
			return true;
	for (u32 i = 0; i < board->its_count; i++)
		if (range_overlaps(board->its[i], r))
			return true;
	return false;
}

struct bytes board_blob(const struct board *board)
{
	struct blob_ram ram[PLAN_MAX_RAM], gicr[PLAN_MAX_GICR];
	struct blob_cpu cpu[BULKHEAD_MAX_CPUS] = { 0 };
	struct blob_machine machine = { .phys_limit = board->phys_limit,
					.uart_base = board->uart_base,
					.uart_type = board->uart_type,
					.uart_reg_shift = board->uart_reg_shift,
					.conduit = board->conduit,
					.flags = board->flags };
	struct blob_gic gic = {
		.gicd_base = board->gicd.start, .gicd_size = board->gicd.size, .version = 3, .maintenance_intid = board->maintenance_intid
	};
	const struct section sections[] = {
		{ BLOB_RAM, sizeof(*ram), board->ram_count, ram },     { BLOB_CPU, sizeof(*cpu), board->cpu_count, cpu },
		{ BLOB_MACHINE, sizeof(machine), 1, &machine },        { BLOB_GIC, sizeof(gic), 1, &gic },
		{ BLOB_GICR, sizeof(*gicr), board->gicr_count, gicr },
	};
	struct system_plan plan;
	struct blob_error error = { 0 };
	struct bytes blob;

	for (u32 i = 0; i < board->ram_count; i++)
		ram[i] = (struct blob_ram){ .base = board->ram[i].start, .size = board->ram[i].size };
	for (u32 i = 0; i < board->gicr_count; i++)
		gicr[i] = (struct blob_ram){ .base = board->gicr[i].start, .size = board->gicr[i].size };
	for (u32 i = 0; i < board->cpu_count; i++)
		cpu[i].hwid = board->cpus[i].hwid;
	blob = blob_write(BLOB_SYSTEM, board->name, sections, ARRAY_SIZE(sections));
	if (blob_verify_system(blob.data, blob.size, BULKHEAD_ARCH_ARM64, &plan, &error)) {
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
	const char *name = file->name;

	if (file->cpu_count != live->cpu_count)
		return mismatch("board '%s' is not this machine: it has %u CPUs, this machine %u", name, file->cpu_count, live->cpu_count);
	for (u32 i = 0; i < file->cpu_count; i++)
		if (file->cpus[i].hwid != live->cpus[i].hwid)
			return mismatch("board '%s' is not this machine: its CPU %u has hardware id 0x%llx, here 0x%llx", name, i,
					(unsigned long long)file->cpus[i].hwid, (unsigned long long)live->cpus[i].hwid);
	if (file->gicd.start != live->gicd.start || file->gicr[0].start != live->gicr[0].start)
		return mismatch("board '%s' is not this machine: its interrupt controller is at 0x%llx, here at 0x%llx", name,
				(unsigned long long)file->gicd.start, (unsigned long long)live->gicd.start);
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
