// SPDX-License-Identifier: GPL-2.0-only
/* Checks of I/O ports. */
#include "checks.h"

#include <string.h>

#include <libfdt.h>

#define PORT_END 0x10000
#define PORT_ISA_END 0x400 /* above, PCI devices are put */
#define PORT_PCI_CONFIG 0xcf8

#define for_each_ports(p, c) for (const struct cell_ports *p = (c)->cell->ports; p < (c)->cell->ports + (c)->cell->port_count; p++)

static const char *port_property(const struct cell_ports *p)
{
	return p->from_device ? "device" : "io-ports";
}

static const char *ports_text(struct range r)
{
	return r.size == 1 ? mem_format("port 0x%llx", (unsigned long long)r.start)
			   : mem_format("ports 0x%llx to 0x%llx", (unsigned long long)r.start, (unsigned long long)range_last(r));
}

void check_port_range(const struct check *check, const struct check_context *c)
{
	for_each_ports(p, c)
	{
		if (p->range.size && p->range.start < PORT_END && p->range.size <= PORT_END - p->range.start)
			continue;
		check_fail(check, c, p->node, port_property(p), "there are no %u ports from 0x%x on", (u32)p->range.size,
			   (u32)p->range.start);
		message_fix("write io-ports = <first count>; the last port is 0xffff");
	}
}

static void taken(const struct check *check, const struct check_context *c, const struct cell_ports *p, struct range r, const char *why,
		  const char *fix)
{
	if (!range_overlaps(p->range, r))
		return;
	check_fail(check, c, p->node, port_property(p), "%s: %s", ports_text(p->range), why);
	message_fix("%s", fix);
}

/* Ports that change what the whole machine does, whoever writes them. */
static void machines_own(const struct check *check, const struct check_context *c, const struct cell_ports *p)
{
	static const char reset[] = "resets the machine", off[] = "switches the machine off", dma[] = "programs its DMA controller";
	const struct blob_x86 *x = &c->board->x86;
	const struct {
		u32 first, count;
		const char *what;
	} own[] = {
		{ 0x00, 0x20, dma },
		{ 0x80, 0x10, dma },
		{ 0xc0, 0x20, dma },
		{ 0x20, 2, "its interrupt controller" },
		{ 0xa0, 2, "its interrupt controller" },
		{ 0x4d0, 2, "its interrupt controller" },
		{ 0x64, 1, reset },
		{ 0x92, 1, reset },
		{ PORT_PCI_CONFIG, 8, "PCI configuration space" },
		{ x->reset_port, x->reset_port && (x->reset_port & ~7u) != PORT_PCI_CONFIG ? 1 : 0, reset },
		{ x->pm1a_control, x->pm1a_control ? 2 : 0, off },
		{ x->pm1b_control, x->pm1b_control ? 2 : 0, off },
	};

	for (u32 i = 0; i < ARRAY_SIZE(own); i++)
		if (own[i].count)
			taken(check, c, p, range_make(own[i].first, own[i].count), own[i].what, "leave them out: they stay with the root");
}

/* A device of the ISA bus, which has no way to memory of its own. */
static bool is_isa_device(const struct board *board, struct range ports)
{
	int bus = fdt_node_offset_by_compatible(board->tree.fdt, -1, "isa"), node;
	struct range r;

	if (bus < 0)
		return false;
	fdt_for_each_subnode(node, board->tree.fdt, bus)
		for (u32 i = 0; board_ports(board, node, i, &r); i++)
			if (range_contains(r, ports) && !tree_has(&board->tree, node, "bulkhead,isa-dma"))
				return true;
	return false;
}

void check_port_dma(const struct check *check, const struct check_context *c)
{
	for_each_ports(p, c)
	{
		const char *dma = tree_string(&c->cell->tree, p->node, "dma");

		if (p->from_device || !range_ok(p->range) || range_last(p->range) < PORT_ISA_END || range_last(p->range) >= PORT_END ||
		    is_isa_device(c->board, p->range))
			continue;
		if (dma && !strcmp(dma, "unprotected")) {
			check_warn(check, c, p->node, "dma", "%s may be a PCI device's that reaches all memory by DMA",
				   ports_text(p->range));
			message_fix("give them only to a cell you trust");
			continue;
		}
		check_fail(check, c, p->node, "io-ports", "%s may be a PCI device's that does DMA", ports_text(p->range));
		message_fix("use ports below 0x%x, or accept the risk with dma = \"unprotected\"", PORT_ISA_END);
	}
}

void check_port_owned(const struct check *check, const struct check_context *c)
{
	struct range r;

	for_each_ports(p, c)
	{
		machines_own(check, c, p);
		/* As a device the console is refused already. */
		if (!p->from_device && c->board->console_node >= 0)
			for (u32 i = 0; board_ports(c->board, c->board->console_node, i, &r); i++)
				taken(check, c, p, r, "the root's console", "use another UART, or the cell's console ring: console;");
		for (const struct cell_ports *o = c->cell->ports; o < p; o++)
			taken(check, c, p, o->range, "named twice", "name them once; a device brings its own ports");
		for (u32 n = 0; n < c->other_count; n++)
			for (u32 k = 0; k < c->others[n]->port_count; k++)
				taken(check, c, p, c->others[n]->ports[k].range, mem_format("taken by cell '%s'", c->others[n]->name),
				      mem_format("use others, or destroy '%s' first", c->others[n]->name));
	}
}
