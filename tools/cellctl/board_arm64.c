// SPDX-License-Identifier: GPL-2.0-only
/* arm64 boards: GICv3, PSCI, the architected timer. */
#include "board.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include <libfdt.h>

#include "guestdt.h"
#include "output.h"

#define GICR_FRAME 0x20000
#define GIC_PPI 1

static bool is_arm64(const struct tree *tree)
{
	return fdt_node_offset_by_compatible(tree->fdt, -1, "arm,gic-v3") >= 0;
}

static bool decode_irq(const struct board *board, const u32 *cells, struct board_irq *irq)
{
	u32 type = cells[2] & 0xf;

	(void)board;
	irq->is_private = cells[0] == GIC_PPI;
	irq->intid = cells[1] + (irq->is_private ? 16 : 32);
	irq->flags = type == 1 ? BLOB_IRQ_EDGE : 0;
	irq->type = type;
	return cells[0] <= GIC_PPI && cells[1] < (irq->is_private ? 16 : 988) && (irq->is_private || type == 1 || type == 4);
}

static void encode_irq(const struct board_irq *irq, u32 *cells)
{
	cells[0] = irq->is_private ? GIC_PPI : 0;
	cells[1] = irq->intid - (irq->is_private ? 16 : 32);
	cells[2] = irq->flags & BLOB_IRQ_EDGE ? 1 : 4;
}

static const char *irq_form(const struct board *board)
{
	(void)board;
	return "write <0 n t>: SPI n (0 to 987), t = 1 for edge, 4 for level";
}

static int read_its(struct board *board)
{
	const struct tree *tree = &board->tree;
	struct range r;
	int err = 0;

	for (int n = fdt_node_offset_by_compatible(tree->fdt, -1, "arm,gic-v3-its"); n >= 0 && !err;
	     n = fdt_node_offset_by_compatible(tree->fdt, n, "arm,gic-v3-its"))
		if (tree_enabled(tree, n) && tree_reg(tree, n, 0, &r))
			err = board_add_controller(board, r, true);
	return err;
}

static int read_gic(struct board *board)
{
	const struct tree *tree = &board->tree;
	int node = fdt_node_offset_by_compatible(tree->fdt, -1, "arm,gic-v3");
	struct board_irq maintenance;
	struct range r;
	u64 frames = 0;
	u32 regions;

	board->controller_node = node;
	if (node < 0)
		return board_error(board, -1, "use a machine with a GICv3 or GICv4; older controllers are not supported yet",
				   "no interrupt controller 'arm,gic-v3'");
	regions = tree_u32(tree, node, "#redistributor-regions", 0, 1);
	if (!tree_reg(tree, node, 0, &r) || regions < 1 || regions > PLAN_MAX_GICR)
		return board_error(board, node, "correct its reg property", "cannot read the interrupt controller's registers");
	board->gic = (struct blob_gic){ .gicd_base = r.start, .gicd_size = r.size, .version = 3 };
	board_add_controller(board, r, true);
	if (tree_u32(tree, node, "redistributor-stride", 1, GICR_FRAME) != GICR_FRAME)
		return board_error(board, node, "Bulkhead does not support this machine yet", "redistributor-stride is not 0x20000");
	for (u32 i = 0; i < regions; i++) {
		if (!tree_reg(tree, node, 1 + i, &r))
			return board_error(board, node, "correct its reg property", "a redistributor region is missing");
		board->gicr[i] = (struct blob_ram){ .base = r.start, .size = r.size };
		board_add_controller(board, r, true);
		frames += r.size / GICR_FRAME;
	}
	board->gicr_count = regions;
	if (frames < board->cpu_count)
		return board_error(board, node, "correct its reg property", "fewer redistributors than CPUs");
	if (board_irq(board, node, 0, &maintenance) || !maintenance.is_private)
		return board_error(board, node, "give it 'interrupts = <1 9 4>' as the hardware has it", "no maintenance interrupt");
	board->gic.maintenance_intid = maintenance.intid;
	return read_its(board);
}

static int read_firmware(struct board *board)
{
	const struct tree *tree = &board->tree;
	int node = fdt_node_offset_by_compatible(tree->fdt, -1, "arm,psci-0.2");
	const char *method;

	if (node < 0)
		node = fdt_node_offset_by_compatible(tree->fdt, -1, "arm,psci-1.0");
	method = node < 0 ? NULL : tree_string(tree, node, "method");
	if (!method)
		return board_error(board, node, "use firmware with PSCI 0.2 or newer", "no PSCI node: CPUs cannot be switched on and off");
	board->conduit = !strcmp(method, "hvc") ? BLOB_CONDUIT_HVC : BLOB_CONDUIT_SMC;
	return 0;
}

static int read_arm64(struct board *board)
{
	int err = read_gic(board);

	if (!err)
		err = read_firmware(board);
	if (err)
		return err;
	board->timer_node = fdt_node_offset_by_compatible(board->tree.fdt, -1, "arm,armv8-timer");
	if (board->timer_node < 0)
		return board_error(board, -1, "give a complete device tree", "no timer node 'arm,armv8-timer'");
	return 0;
}

static void show(const struct board *board)
{
	output_hex("gicd", "GIC distributor", board->gic.gicd_base);
	output_hex("gicr", "GIC redistributors", board->gicr[0].base);
	output_string("firmware", "firmware calls", board->conduit == BLOB_CONDUIT_HVC ? "hvc" : "smc");
}

/* --- the device tree of a Linux cell --------------------------------------------------------------------------------------- */

static void guest_cpus(struct guest_writer *w)
{
	guest_begin(w, "cpus");
	guest_put_u32(w, "#address-cells", 1);
	guest_put_u32(w, "#size-cells", 0);
	for (u32 i = 0; i < w->cell->cpu_count; i++) {
		u32 reg = (i & 15) | i >> 4 << 8;

		guest_begin(w, mem_format("cpu@%x", reg));
		guest_put_string(w, "device_type", "cpu");
		guest_put_copy(w, guest_cpu_node(w, i), "compatible");
		guest_put_u32(w, "reg", reg);
		guest_put_string(w, "enable-method", "psci");
		guest_end(w);
	}
	guest_end(w);
	guest_begin(w, "psci");
	guest_put(w, "compatible", "arm,psci-1.0\0arm,psci-0.2", sizeof("arm,psci-1.0\0arm,psci-0.2"));
	guest_put_string(w, "method", "hvc");
	guest_end(w);
}

/* A redistributor for each of the cell's CPUs, and the timer. */
static void guest_controller(struct guest_writer *w)
{
	const struct board *b = w->cell->board;
	const struct range regs[2] = { range_make(b->gic.gicd_base, b->gic.gicd_size),
				       range_make(b->gicr[0].base, (u64)GICR_FRAME * w->cell->cpu_count) };
	const u32 maintenance[3] = { GIC_PPI, b->gic.maintenance_intid - 16, 4 };

	guest_begin(w, mem_format("interrupt-controller@%llx", (unsigned long long)b->gic.gicd_base));
	guest_put_string(w, "compatible", "arm,gic-v3");
	guest_put_u32(w, "#interrupt-cells", 3);
	guest_put(w, "interrupt-controller", "", 0);
	guest_put_ranges(w, "reg", regs, 2);
	guest_put_cells(w, "interrupts", maintenance, 3);
	guest_put_u32(w, "phandle", PHANDLE_CONTROLLER);
	guest_end(w);
	guest_begin(w, "timer");
	guest_put_copy(w, b->timer_node, "compatible");
	guest_put_copy(w, b->timer_node, "interrupts");
	guest_put_copy(w, b->timer_node, "always-on");
	guest_put_copy(w, b->timer_node, "arm,no-tick-in-suspend");
	guest_end(w);
}

const struct board_arch board_arm64 = {
	.number = BULKHEAD_ARCH_ARM64,
	.elf_machine = EM_AARCH64,
	.machine = "aarch64",
	.cpu_name = "64-bit Arm",
	.hwid_name = "MPIDR",
	.controller = "GIC",
	.irq_name = "SPI",
	.irq_example = "<0 8 4>",
	.irq_base = 32,
	.irq_cells = 3,
	.irq_cells_max = 4,
	.image_magic_at = 56,
	.image_magic = 0x644d5241, /* "ARM\x64" */
	.image_offset_align = 1,
	.image_offset_end = 2 << 20,
	.image_offset_unsaid = 0x80000,
	.is = is_arm64,
	.read = read_arm64,
	.decode_irq = decode_irq,
	.encode_irq = encode_irq,
	.irq_form = irq_form,
	.show = show,
	.guest_cpus = guest_cpus,
	.guest_controller = guest_controller,
};
