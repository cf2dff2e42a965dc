// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86 boards: IO-APICs, IOMMUs, and the ports by which the machine ends. The tree is what acpi_tree.c writes. All interrupts are
 * named by GSI, whichever IO-APIC has that pin.
 */
#include "board.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include <libfdt.h>

#include "guestacpi.h"
#include "output.h"

static bool is_x86(const struct tree *tree)
{
	return fdt_node_offset_by_compatible(tree->fdt, -1, "intel,ioapic") >= 0;
}

/* Two cells: GSI, type. Cells get pins of the first IO-APIC only, which the hypervisor checks. */
static bool decode_irq(const struct board *board, const u32 *cells, struct board_irq *irq)
{
	if (!board_irq_decode(cells, irq))
		return false;
	for (u32 i = 0; i < board->ioapic_count; i++)
		if (cells[0] - board->ioapic[i].gsi_base < board->ioapic[i].pin_count)
			return true;
	return false;
}

static u32 gsi_end(const struct board *board)
{
	u32 end = 0;

	for (u32 i = 0; i < board->ioapic_count; i++)
		if (board->ioapic[i].gsi_base + board->ioapic[i].pin_count > end)
			end = board->ioapic[i].gsi_base + board->ioapic[i].pin_count;
	return end;
}

static const char *irq_form(const struct board *board)
{
	return mem_format("write <n t>: GSI n (0 to %u), t = 1 for rising edge, 2 falling, 4 high level, 8 low", gsi_end(board) - 1);
}

static int read_ioapics(struct board *board)
{
	const struct tree *tree = &board->tree;
	int node = -1;
	struct range r;

	while ((node = fdt_node_offset_by_compatible(tree->fdt, node, "intel,ioapic")) >= 0) {
		if (board->ioapic_count == PLAN_MAX_IOAPICS)
			return board_error(board, node, "Bulkhead does not support this machine yet", "more than 8 IO-APICs");
		if (!tree_reg(tree, node, 0, &r))
			return board_error(board, node, "correct its reg property", "cannot read where the IO-APIC is");
		if (tree_u32(tree, node, "bulkhead,gsi-base", 0, ~0u) > 1023)
			return board_error(board, node, "give it bulkhead,gsi-base = <number of its first interrupt>",
					   "no usable bulkhead,gsi-base");
		board->ioapic[board->ioapic_count++] = (struct blob_ioapic){
			.base = r.start,
			.gsi_base = tree_u32(tree, node, "bulkhead,gsi-base", 0, 0),
			.pin_count = tree_u32(tree, node, "bulkhead,pins", 0, 24),
		};
		if (board->controller_node < 0)
			board->controller_node = node;
		if (board_add_controller(board, range_make(r.start, PAGE_SIZE), true))
			return -EINVAL;
	}
	return 0;
}

static int read_others(struct board *board)
{
	static const char *const kinds[] = { "intel,lapic", "intel,vt-d", "amd,iommu" };
	const struct tree *tree = &board->tree;
	struct range r;

	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++)
		for (int n = -1; (n = fdt_node_offset_by_compatible(tree->fdt, n, kinds[i])) >= 0;)
			if (tree_reg(tree, n, 0, &r) && board_add_controller(board, r, !i))
				return -EINVAL;
	return 0;
}

static u16 fixed_port(const struct board *board, int node, const char *name)
{
	u32 port = node < 0 ? 0 : tree_u32(&board->tree, node, name, 0, 0);

	return port < 0x10000 ? (u16)port : 0;
}

/* The unit that remaps interrupts of the first IO-APIC: without one cells get none. */
static void read_remap(struct board *board)
{
	u64 unit = (u64)tree_u32(&board->tree, board->controller_node, "bulkhead,remap-unit", 0, 0) << 32 |
		   tree_u32(&board->tree, board->controller_node, "bulkhead,remap-unit", 1, 0);

	board->x86.remap_page = unit & (PAGE_SIZE - 1) || unit >> 44 ? 0 : (u32)(unit >> PAGE_SHIFT);
	board->x86.remap_source = (u16)tree_u32(&board->tree, board->controller_node, "bulkhead,remap-source", 0, 0);
	board->no_cell_irqs = board->x86.remap_page == 0;
}

static int read_x86(struct board *board)
{
	int fixed = fdt_node_offset_by_compatible(board->tree.fdt, -1, "bulkhead,acpi-fixed");
	int err;

	board->timer_node = board->controller_node = -1;
	for (u32 i = 0; i < board->cpu_count; i++)
		if (board->cpus[i].hwid >> 32)
			return board_error(board, board->cpus[i].node, "correct its reg property", "no APIC id has more than 32 bits");
	/* The first two tell machines apart, so the local APIC's page comes second. */
	err = read_ioapics(board);
	if (!err)
		err = read_others(board);
	if (err)
		return err;
	if (board->cell_controllers.count < 2)
		return board_error(board, -1, "add lapic@fee00000 { compatible = \"intel,lapic\"; reg = <0x0 0xfee00000 0x0 0x1000>; };",
				   "no local APIC");
	board->x86 = (struct blob_x86){ .pm1a_control = fixed_port(board, fixed, "bulkhead,pm1a-control"),
					.pm1b_control = fixed_port(board, fixed, "bulkhead,pm1b-control"),
					.reset_port = fixed_port(board, fixed, "bulkhead,reset-port"),
					.reset_value = (u8)fixed_port(board, fixed, "bulkhead,reset-value") };
	read_remap(board);
	return 0;
}

static void show(const struct board *board)
{
	output_hex("ioapic", "IO-APIC", board->ioapic[0].base);
	output_number("ioapics", "IO-APICs", board->ioapic_count);
	output_hex("remap_unit", "interrupt remapping unit", (u64)board->x86.remap_page << PAGE_SHIFT);
	output_number("gsis", "interrupts (GSI)", gsi_end(board));
	output_hex("reset_port", "reset port", board->x86.reset_port);
	output_hex("pm1a_control", "PM1a control port", board->x86.pm1a_control);
	output_string("firmware", "firmware", "acpi");
}

const struct board_arch board_x86 = {
	.number = BULKHEAD_ARCH_X86,
	.elf_machine = EM_X86_64,
	.machine = "x86_64",
	.cpu_name = "64-bit x86",
	.hwid_name = "APIC",
	.controller = "IO-APIC",
	.irq_name = "GSI",
	.irq_example = "<5 1>",
	.irq_cells = 2,
	.irq_cells_max = 2,
	.has_ports = true,
	.image_magic = 0x53726448, /* "HdrS" */
	.image_magic_at = 0x202,
	.is = is_x86,
	.read = read_x86,
	.decode_irq = decode_irq,
	.encode_irq = board_irq_encode,
	.irq_form = irq_form,
	.show = show,
	.linux_kernel = bzimage_kernel,
	.linux_rest = bzimage_rest,
};
