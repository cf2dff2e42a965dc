// SPDX-License-Identifier: GPL-2.0-only
/* Checks of I/O ports. */
#include "checks.h"

#include <libfdt.h>

#define PORT_END 0x10000
#define PORT_PCI_CONFIG 0xcf8
#define PORT_RESET 0xcf9 /* of PCI chipsets, within those */
#define PORT_KEYBOARD_COMMAND 0x64
#define PORT_SYSTEM_CONTROL 0x92

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

static void taken(const struct check *check, const struct check_context *c, const struct cell_ports *p, struct range r, const char *by,
		  const char *fix)
{
	if (!range_overlaps(p->range, r))
		return;
	check_fail(check, c, p->node, port_property(p), "%s %s", ports_text(p->range), by);
	message_fix("%s", fix);
}

/* Ports that change what the whole machine does, whoever writes them. */
static void machines_own(const struct check *check, const struct check_context *c, const struct cell_ports *p)
{
	const struct blob_x86 *x = &c->board->x86;
	const struct {
		u32 first, count;
		const char *what;
	} own[] = {
		{ PORT_PCI_CONFIG, 8, "reach PCI configuration space" },
		{ PORT_KEYBOARD_COMMAND, 1, "can reset the machine" },
		{ PORT_SYSTEM_CONTROL, 1, "can reset the machine" },
		{ x->reset_port, x->reset_port && x->reset_port != PORT_RESET ? 1 : 0, "can reset the machine" },
		{ x->pm1a_control, x->pm1a_control ? 2 : 0, "can switch the machine off" },
		{ x->pm1b_control, x->pm1b_control ? 2 : 0, "can switch the machine off" },
	};

	for (u32 i = 0; i < ARRAY_SIZE(own); i++)
		if (own[i].count)
			taken(check, c, p, range_make(own[i].first, own[i].count), own[i].what, "leave them out: they stay with the root");
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
				taken(check, c, p, r, "are the root's console", "use another UART, or the cell's console ring: console;");
		for (const struct cell_ports *o = c->cell->ports; o < p; o++)
			taken(check, c, p, o->range, "are named twice", "name them once; a device brings its own ports");
		for (u32 n = 0; n < c->other_count; n++)
			for (u32 k = 0; k < c->others[n]->port_count; k++)
				taken(check, c, p, c->others[n]->ports[k].range, mem_format("belong to cell '%s'", c->others[n]->name),
				      mem_format("use others, or destroy '%s' first", c->others[n]->name));
	}
}
