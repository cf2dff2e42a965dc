// SPDX-License-Identifier: GPL-2.0-only
/* Checks of devices, raw registers, DMA and interrupts. */
#include "checks.h"

#include <stdio.h>
#include <string.h>

#include <libfdt.h>

static const char *label(const struct check_context *c, int node)
{
	const char *name = fdt_get_name(c->cell->tree.fdt, node, NULL);

	return name && *name ? name : "/";
}

#define for_each_device(d, c) for (const struct cell_device *d = (c)->cell->devices; d < (c)->cell->devices + (c)->cell->device_count; d++)
#define for_each_registers(r, c) \
	for (const struct cell_registers *r = (c)->cell->registers; r < (c)->cell->registers + (c)->cell->registers_count; r++)
#define for_each_irq(i, c) for (const struct cell_irq *i = (c)->cell->irqs; i < (c)->cell->irqs + (c)->cell->irq_count; i++)

/* Aliases of the board, and paths of nodes below the root: what people mistype. */
static const char *suggest_device(const struct check_context *c, const char *word)
{
	const struct tree *board = &c->board->tree;
	const char *names[128];
	u32 count = 0;
	int aliases = fdt_path_offset(board->fdt, "/aliases"), node;

	for (int p = aliases < 0 ? -1 : fdt_first_property_offset(board->fdt, aliases); p >= 0 && count < 60;
	     p = fdt_next_property_offset(board->fdt, p))
		fdt_getprop_by_offset(board->fdt, p, &names[count++], NULL);
	fdt_for_each_subnode(node, board->fdt, 0)
		if (count < 126)
			names[count++] = tree_path(board, node);
	names[count] = NULL;
	return suggest_text(word, names);
}

void check_device_unknown(const struct check *check, const struct check_context *c)
{
	for_each_device(d, c)
	{
		if (d->board_node >= 0 || !d->device)
			continue;
		check_fail(check, c, d->node, "device", "the board has no device '%s'%s", d->device, suggest_device(c, d->device));
		message_fix("use an alias or a full path; 'cellctl board' lists them");
	}
	for_each_device(d, c)
	{
		if (d->board_node < 0 || d->reg_count || d->port_count)
			continue;
		check_fail(check, c, d->node, "device", "'%s' has no registers to give away", d->device);
		message_fix("name a device with a reg property; PCI functions are not in this version");
	}
}

void check_device_disabled(const struct check *check, const struct check_context *c)
{
	for_each_device(d, c)
	{
		if (tree_enabled(&c->board->tree, d->board_node))
			continue;
		check_fail(check, c, d->node, "device", "'%s' is disabled on this board", d->device);
		message_fix("use another device; firmware or the secure world keeps this one");
	}
}

/* The board's enabled device, not a bus, whose registers r touches; negative: none. */
static int device_at(const struct check_context *c, struct range r)
{
	const struct tree *board = &c->board->tree;
	struct range other;

	for (int n = fdt_next_node(board->fdt, -1, NULL); n >= 0; n = fdt_next_node(board->fdt, n, NULL)) {
		if (!tree_has(board, n, "compatible") || !tree_enabled(board, n))
			continue;
		for (u32 i = 0; i < tree_reg_count(board, n); i++)
			if (tree_reg(board, n, i, &other) && range_ok(r) && range_overlaps(other, r))
				return n;
	}
	return -1;
}

void check_device_root_console(const struct check *check, const struct check_context *c)
{
	for_each_device(d, c)
	{
		if (d->board_node != c->board->console_node)
			continue;
		check_fail(check, c, d->node, "device", "'%s' is the root's console", d->device);
		message_fix("use another UART, or the cell's console ring: console;");
	}
	for_each_registers(r, c)
	{
		int node = device_at(c, range_make(r->host, r->range.size));

		if (node < 0 || node != c->board->console_node)
			continue;
		check_fail(check, c, r->node, "reg", "'%s' covers the root's console", label(c, r->node));
		message_fix("use another UART, or the cell's console ring: console;");
	}
}

static void owned_by(const struct check *check, const struct check_context *c, const struct cell_device *d, const struct cell *other,
		     const struct cell_device *o)
{
	if (o->board_node != d->board_node)
		return;
	if (other == c->cell)
		check_fail(check, c, d->node, "device", "'%s' is named twice", d->device);
	else
		check_fail(check, c, d->node, "device", "'%s' belongs to cell '%s'", d->device, other->name);
	message_fix("use another device%s", other == c->cell ? ", or remove one of the nodes" : ", or destroy that cell first");
}

void check_device_owned(const struct check *check, const struct check_context *c)
{
	for_each_device(d, c)
	{
		for (const struct cell_device *o = c->cell->devices; o < d; o++)
			owned_by(check, c, d, c->cell, o);
		for (u32 i = 0; i < c->other_count; i++)
			for (u32 j = 0; j < c->others[i]->device_count; j++)
				owned_by(check, c, d, c->others[i], &c->others[i]->devices[j]);
	}
}

void check_device_reg_count(const struct check *check, const struct check_context *c)
{
	for_each_device(d, c)
	{
		if (!d->moved_count)
			continue;
		if (d->moved_count != d->reg_count) {
			check_fail(check, c, d->node, "reg", "reg has %u ranges, '%s' has %u", d->moved_count, d->device, d->reg_count);
			message_fix("give a guest address for each of its ranges, or leave reg out");
			continue;
		}
		for (u32 i = 0; i < d->reg_count; i++) {
			if (d->guest[i].size == d->host[i].size)
				continue;
			check_fail(check, c, d->node, "reg", "range %u has size 0x%llx, the device 0x%llx", i,
				   (unsigned long long)d->guest[i].size, (unsigned long long)d->host[i].size);
			message_fix("only the address may change");
		}
	}
}

/* Other devices of the board in the pages of r, as a list for people. */
static const char *neighbours(const struct check_context *c, const struct cell_device *d, struct range r)
{
	const struct tree *board = &c->board->tree;
	struct range pages = range_make(page_base(r.start), page_base(range_last(r)) - page_base(r.start) + PAGE_SIZE);
	const char *list = "";
	u32 count = 0;

	for (int n = fdt_next_node(board->fdt, -1, NULL); n >= 0; n = fdt_next_node(board->fdt, n, NULL)) {
		struct range other;

		if (n == d->board_node || !tree_enabled(board, n))
			continue;
		for (u32 i = 0; i < tree_reg_count(board, n); i++) {
			if (!tree_reg(board, n, i, &other) || !range_overlaps(other, pages))
				continue;
			if (++count <= 4)
				list = mem_format("%s%s%s", list, *list ? ", " : "", fdt_get_name(board->fdt, n, NULL));
			break;
		}
	}
	return count > 4 ? mem_format("%s and %u more", list, count - 4) : list;
}

void check_device_page_shared(const struct check *check, const struct check_context *c)
{
	for_each_device(d, c)
	{
		for (u32 i = 0; i < d->reg_count; i++) {
			const char *others;

			if (!range_ok(d->host[i]) || range_page_aligned(d->host[i]))
				continue;
			others = neighbours(c, d, d->host[i]);
			check_warn(check, c, d->node, "device",
				   "registers of '%s' (%s) fill no whole page%s%s: each access is trapped and forwarded", d->device,
				   range_text(d->host[i]), *others ? ", which they share with " : "", others);
			message_fix("prefer a device with pages of its own where speed matters");
		}
	}
}

/* --- DMA ------------------------------------------------------------------------------------------------------------------- */

/* Devices that cannot be bus masters themselves. UARTs with a dmas property use a controller the cell does not get. */
static bool never_masters(const struct check_context *c, int board_node)
{
	static const char *const kinds[] = { "arm,pl011",        "arm,pl031",          "arm,pl061",         "arm,pl050",
					     "arm,sp804",        "arm,sp805",          "arm,pl022",         "ns16550",
					     "ns16550a",         "snps,dw-apb-uart",   "fsl,imx6q-uart",    "fsl,imx8mq-uart",
					     "fsl,imx8mp-uart",  "cdns,uart-r1p8",     "cdns,uart-r1p12",   "xlnx,xuartps",
					     "snps,dw-apb-gpio", "snps,dw-wdt",        "snps,dw-apb-timer", "arm,sbsa-gwdt",
					     "cfi-flash",        "google,goldfish-rtc" };

	struct range r;

	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++)
		if (tree_compatible(&c->board->tree, board_node, kinds[i]))
			return true;
	/* Of the ISA bus: only with the help of the machine's DMA controller. */
	return board_ports(c->board, board_node, 0, &r) && !tree_has(&c->board->tree, board_node, "bulkhead,isa-dma");
}

void check_dma_value(const struct check *check, const struct check_context *c)
{
	for_each_device(d, c)
	{
		if (!d->dma || !strcmp(d->dma, "none") || !strcmp(d->dma, "iommu") || !strcmp(d->dma, "unprotected"))
			continue;
		check_fail(check, c, d->node, "dma", "there is no DMA policy '%s'", d->dma);
		message_fix("write dma = \"none\" or \"unprotected\"");
	}
}

void check_dma_iommu(const struct check *check, const struct check_context *c)
{
	for_each_device(d, c)
	{
		if (!d->dma || strcmp(d->dma, "iommu"))
			continue;
		check_fail(check, c, d->node, "dma", "no IOMMU protects '%s': this version drives none", d->device);
		message_fix("use a device without DMA, or accept the risk with dma = \"unprotected\"");
	}
}

void check_dma_unprotected(const struct check *check, const struct check_context *c)
{
	for_each_device(d, c)
	{
		if (never_masters(c, d->board_node))
			continue;
		if (d->dma && !strcmp(d->dma, "unprotected")) {
			check_warn(check, c, d->node, "dma", "'%s' can reach all memory of the machine by DMA", d->device);
			message_fix("give it only to a cell you trust");
			continue;
		}
		check_fail(check, c, d->node, "device", "'%s' may do DMA, and no IOMMU protects the rest of the machine from it",
			   d->device);
		message_fix("use another device, or accept the risk with dma = \"unprotected\"");
	}
	/* Raw registers are no way round. */
	for_each_registers(r, c)
	{
		int node = device_at(c, range_make(r->host, r->range.size));

		if (node < 0 || never_masters(c, node) || board_is_controller(c->board, range_make(r->host, r->range.size)))
			continue;
		check_fail(check, c, r->node, "reg", "'%s' covers '%s', which may do DMA", label(c, r->node),
			   tree_path(&c->board->tree, node));
		message_fix("make it a device node, and accept the risk there with dma = \"unprotected\"");
	}
	check_port_dma(check, c);
}

/* --- registers ------------------------------------------------------------------------------------------------------------- */

void check_reg_size(const struct check *check, const struct check_context *c)
{
	for_each_registers(r, c)
	{
		struct range host = range_make(r->host, r->range.size);

		if (range_ok(r->range) && range_ok(host) && range_last(r->range) >> 40 == 0 && range_last(host) < c->board->phys_limit)
			continue;
		check_fail(check, c, r->node, range_ok(host) ? "reg" : "host-address",
			   "'%s' is empty or runs out of the machine's addresses", label(c, r->node));
		message_fix("give it a size, and addresses below 0x%llx", (unsigned long long)c->board->phys_limit);
	}
	for_each_device(d, c)
	{
		for (u32 i = 0; i < d->reg_count; i++) {
			if (range_ok(d->guest[i]) && range_last(d->guest[i]) >> 40 == 0)
				continue;
			check_fail(check, c, d->node, "reg", "registers of '%s' run out of the guest's addresses", d->device);
			message_fix("use addresses below 0x10000000000");
		}
	}
}

void check_reg_offset(const struct check *check, const struct check_context *c)
{
	for_each_registers(r, c)
	{
		if (!((r->range.start ^ r->host) & (PAGE_SIZE - 1)))
			continue;
		check_fail(check, c, r->node, "host-address", "guest 0x%llx and host 0x%llx differ within a page",
			   (unsigned long long)r->range.start, (unsigned long long)r->host);
		message_fix("make the last three hexadecimal digits equal");
	}
	for_each_device(d, c)
	{
		for (u32 i = 0; i < d->reg_count; i++) {
			if (!((d->guest[i].start ^ d->host[i].start) & (PAGE_SIZE - 1)))
				continue;
			check_fail(check, c, d->node, "reg", "guest 0x%llx and host 0x%llx differ within a page",
				   (unsigned long long)d->guest[i].start, (unsigned long long)d->host[i].start);
			message_fix("make the last three hexadecimal digits equal");
		}
	}
}

void check_reg_is_ram(const struct check *check, const struct check_context *c)
{
	for_each_registers(r, c)
	{
		if (!board_is_ram(c->board, range_make(r->host, r->range.size)))
			continue;
		check_fail(check, c, r->node, "reg", "'%s' covers RAM of the board", label(c, r->node));
		message_fix("use memory@ for RAM");
	}
}

void check_overlap_controller(const struct check *check, const struct check_context *c)
{
	for_each_registers(r, c)
	{
		if (!board_is_controller(c->board, range_make(r->host, r->range.size)) && !board_cell_controller(c->board, r->range))
			continue;
		check_fail(check, c, r->node, "reg", "'%s' covers the interrupt controller", label(c, r->node));
		message_fix("remove it: each cell sees its own part of the controller anyway");
	}
	for_each_device(d, c)
	{
		for (u32 i = 0; i < d->reg_count; i++) {
			if (!board_is_controller(c->board, d->host[i]) && !board_cell_controller(c->board, d->guest[i]))
				continue;
			check_fail(check, c, d->node, "device", "registers of '%s' are, or are moved to, the interrupt controller",
				   d->device);
			message_fix("use another device or address");
			break;
		}
	}
}

void check_width_value(const struct check *check, const struct check_context *c)
{
	for_each_registers(r, c)
	{
		const struct tree *tree = &c->cell->tree;
		int length;

		if (!tree_property(tree, r->node, "io-width", &length))
			continue;
		for (u32 i = 0; i < (u32)length / 4; i++) {
			u32 w = tree_u32(tree, r->node, "io-width", i, 0);

			if (w == 1 || w == 2 || w == 4 || w == 8)
				continue;
			check_fail(check, c, r->node, "io-width", "an access cannot be %u bytes wide", w);
			message_fix("use 1, 2, 4 and 8");
		}
		if (r->widths != 0xf && (page_base(r->range.start) != r->range.start || r->range.size < PAGE_SIZE) &&
		    page_base(r->range.start) == page_base(range_last(r->range)))
			continue;
		if (r->widths == 0xf)
			continue;
		check_fail(check, c, r->node, "io-width", "io-width cannot be enforced on whole pages, which are mapped");
		message_fix("make the range smaller than a page, or leave io-width out");
	}
}

static void check_mask(const struct check *check, const struct check_context *c, const struct cell_registers *r, u32 number)
{
	u32 offset = tree_u32(&c->cell->tree, r->node, "write-mask", 2 * number, 0);

	if ((offset & 3) || r->range.size < 4 || offset > r->range.size - 4) {
		check_fail(check, c, r->node, "write-mask", "offset 0x%x is not a 4-byte register of '%s'", offset, label(c, r->node));
		message_fix("use multiples of 4 below 0x%llx", (unsigned long long)r->range.size);
	}
	for (u32 i = 0; i < number; i++) {
		if (tree_u32(&c->cell->tree, r->node, "write-mask", 2 * i, 0) != offset)
			continue;
		check_fail(check, c, r->node, "write-mask", "offset 0x%x has two masks", offset);
		message_fix("write one mask with all bits the cell may change");
	}
}

void check_mask_offset(const struct check *check, const struct check_context *c)
{
	for_each_registers(r, c)
	{
		int length;

		if (!tree_property(&c->cell->tree, r->node, "write-mask", &length))
			continue;
		for (u32 i = 0; i < (u32)length / 8; i++)
			check_mask(check, c, r, i);
		if ((r->widths & 4) && !(r->range.start & 3) && !r->read_only)
			continue;
		check_fail(check, c, r->node, "write-mask", "a mask is for aligned registers that may be written 4 bytes wide");
		message_fix("start the range at a multiple of 4, have 4 in io-width, and leave read-only out");
	}
}

/* --- interrupts ------------------------------------------------------------------------------------------------------------ */

static const char *irq_property(const struct cell_irq *i)
{
	return i->from_device ? "device" : "irqs";
}

void check_irq_unknown(const struct check *check, const struct check_context *c)
{
	const struct board_arch *arch = c->board->arch;

	for_each_irq(i, c)
	{
		if (i->valid)
			continue;
		if (i->from_device)
			check_fail(check, c, i->node, "device", "an interrupt of this device does not go to the %s, or has no usable type",
				   arch->controller);
		else
			check_fail(check, c, i->node, "irqs", "not an interrupt of the %s", arch->controller);
		message_fix("%s", i->from_device ? "use another device" : arch->irq_form(c->board));
	}
}

void check_irq_private(const struct check *check, const struct check_context *c)
{
	for_each_irq(i, c)
	{
		if (!i->irq.is_private)
			continue;
		check_fail(check, c, i->node, irq_property(i), "interrupt %u is private to each CPU", i->irq.intid);
		message_fix("remove it: a cell has the private interrupts of its CPUs");
	}
}

void check_irq_owned(const struct check *check, const struct check_context *c)
{
	u32 spare = board_spare_irq(c->board); /* looks at all of the tree */

	for_each_irq(i, c)
	{
		for (const struct cell_irq *o = c->cell->irqs; o < i; o++) {
			if (o->irq.intid != i->irq.intid)
				continue;
			check_fail(check, c, i->node, irq_property(i), "%s is named twice", board_irq_text(c->board, i->irq.intid));
			message_fix("name it once; a device brings its own interrupts");
		}
		if (i->irq.intid == spare) {
			check_fail(check, c, i->node, irq_property(i), "%s tells the root of cells' ends",
				   board_irq_text(c->board, i->irq.intid));
			message_fix("use another one");
		}
		for (u32 n = 0; n < c->other_count; n++) {
			for (u32 k = 0; k < c->others[n]->irq_count; k++) {
				if (c->others[n]->irqs[k].irq.intid != i->irq.intid)
					continue;
				check_fail(check, c, i->node, irq_property(i), "%s belongs to cell '%s'",
					   board_irq_text(c->board, i->irq.intid), c->others[n]->name);
				message_fix("use another one, or destroy '%s' first", c->others[n]->name);
			}
		}
	}
}

static bool is_cells_device(const struct check_context *c, int board_node)
{
	for_each_device(d, c) if (d->board_node == board_node) return true;
	return false;
}

void check_irq_shared(const struct check *check, const struct check_context *c)
{
	const struct tree *board = &c->board->tree;

	for (int n = fdt_next_node(board->fdt, -1, NULL); n >= 0; n = fdt_next_node(board->fdt, n, NULL)) {
		struct board_irq irq;

		if (!tree_enabled(board, n) || is_cells_device(c, n))
			continue;
		for (u32 k = 0; k < 64 && !board_irq(c->board, n, k, &irq); k++) {
			for_each_irq(i, c)
			{
				if (irq.is_private || irq.intid != i->irq.intid)
					continue;
				check_fail(check, c, i->node, irq_property(i), "%s is also the interrupt of '%s'",
					   board_irq_text(c->board, irq.intid), tree_path(board, n));
				message_fix("%s", i->from_device ? "give that device to the same cell"
								 : "take that device instead: device = \"...\"");
				k = 64;
				break;
			}
		}
	}
}
