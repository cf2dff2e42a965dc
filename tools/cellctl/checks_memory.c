// SPDX-License-Identifier: GPL-2.0-only
/* Checks of memory, comm page, where shared windows are, and of what is loaded. */
#include "checks.h"

#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include "layout.h"

#define GUEST_LIMIT (1ull << 40)
#define SUPERPAGE (2ull << 20)

static const char *node_name(const struct check_context *c, int node)
{
	const char *name = fdt_get_name(c->cell->tree.fdt, node, NULL);

	return name ? name : "?";
}

static struct range host_range(const struct cell_memory *m)
{
	return range_make(m->host, m->range.size);
}

/* Memory, then shared windows: what is made of pages. */
struct pages {
	struct range range;
	u64 host; /* or BLOB_ANY */
	int node;
};

static bool pages_at(const struct cell *cell, u32 index, struct pages *p)
{
	if (index < cell->memory_count) {
		const struct cell_memory *m = &cell->memory[index];

		*p = (struct pages){ .range = m->range, .host = m->host, .node = m->node };
		return true;
	}
	index -= cell->memory_count;
	if (index >= cell->window_count)
		return false;
	*p = (struct pages){ .range = cell->windows[index].range, .host = BLOB_ANY, .node = cell->windows[index].node };
	return true;
}

void check_mem_size(const struct check *check, const struct check_context *c)
{
	if (!c->cell->memory_count) {
		check_fail(check, c, 0, NULL, "the cell has no memory");
		message_fix("add memory@40000000 { reg = <0x0 0x40000000 SIZE_MiB(16)>; };");
	}
	for (u32 i = 0; i < c->cell->memory_count; i++) {
		if (c->cell->memory[i].range.size)
			continue;
		check_fail(check, c, c->cell->memory[i].node, "reg", "'%s' has size 0", node_name(c, c->cell->memory[i].node));
		message_fix("give it a size, like SIZE_MiB(16)");
	}
	for (u32 i = 0; i < c->cell->window_count; i++) {
		const struct cell_window *w = &c->cell->windows[i];

		if (w->range.size >= 2 * PAGE_SIZE)
			continue;
		check_fail(check, c, w->node, "reg", "'%s' has less than two pages, and the first is its header", node_name(c, w->node));
		message_fix("give it SIZE_KiB(8) or more");
	}
}

void check_mem_align(const struct check *check, const struct check_context *c)
{
	struct pages p;

	for (u32 i = 0; pages_at(c->cell, i, &p); i++) {
		if (!range_page_aligned(p.range)) {
			check_fail(check, c, p.node, "reg", "'%s' (%s) is not made of whole 4 KiB pages", node_name(c, p.node),
				   range_text(p.range));
			message_fix("use <0x%llx 0x%llx ...> and a size that is a multiple of 0x1000",
				    (unsigned long long)page_base(p.range.start) >> 32,
				    (unsigned long long)page_base(p.range.start) & 0xffffffff);
		}
		if (p.host != BLOB_ANY && p.host & (PAGE_SIZE - 1)) {
			check_fail(check, c, p.node, "host-address", "host-address 0x%llx is not the start of a 4 KiB page",
				   (unsigned long long)p.host);
			message_fix("use 0x%llx, or leave host-address out", (unsigned long long)page_base(p.host));
		}
	}
}

void check_mem_wrap(const struct check *check, const struct check_context *c)
{
	struct pages p;

	for (u32 i = 0; pages_at(c->cell, i, &p); i++) {
		if (range_ok(p.range) && (p.host == BLOB_ANY || range_ok(range_make(p.host, p.range.size))))
			continue;
		check_fail(check, c, p.node, range_ok(p.range) ? "host-address" : "reg", "'%s' runs over the end of the address space",
			   node_name(c, p.node));
		message_fix("make it smaller, or move it down");
	}
}

void check_mem_beyond(const struct check *check, const struct check_context *c)
{
	struct pages p;

	for (u32 i = 0; pages_at(c->cell, i, &p); i++) {
		if (range_last(p.range) < GUEST_LIMIT)
			continue;
		check_fail(check, c, p.node, "reg", "'%s' (%s) is beyond what a guest can address (40 bits)", node_name(c, p.node),
			   range_text(p.range));
		message_fix("move it below 0x%llx", (unsigned long long)GUEST_LIMIT);
	}
}

/* All guest-physical ranges by number: memory, windows, then registers, then device registers. */
static bool guest_range(const struct cell *cell, u32 index, struct range *r, int *node)
{
	struct pages p;

	if (pages_at(cell, index, &p)) {
		*r = p.range;
		*node = p.node;
		return true;
	}
	index -= cell->memory_count + cell->window_count;
	if (index < cell->registers_count) {
		*r = cell->registers[index].range;
		*node = cell->registers[index].node;
		return true;
	}
	index -= cell->registers_count;
	for (u32 i = 0; i < cell->device_count; i++) {
		if (index < cell->devices[i].reg_count) {
			*r = cell->devices[i].guest[index];
			*node = cell->devices[i].node;
			return true;
		}
		index -= cell->devices[i].reg_count;
	}
	return false;
}

void check_mem_overlap(const struct check *check, const struct check_context *c)
{
	const struct range *controller;
	struct range a, b;
	int node, other;

	for (u32 i = 0; guest_range(c->cell, i, &a, &node); i++) {
		if (!range_ok(a))
			continue; /* reg-size says so */
		controller = board_cell_controller(c->board, a);
		if (i < c->cell->memory_count + c->cell->window_count && controller) {
			check_fail(check, c, node, "reg", "'%s' (%s) lies over the interrupt controller, which every cell sees at 0x%llx",
				   node_name(c, node), range_text(a), (unsigned long long)controller->start);
			message_fix("move it away");
		}
		for (u32 j = 0; j < i && guest_range(c->cell, j, &b, &other); j++) {
			if (!range_ok(b) || !range_overlaps(a, b))
				continue;
			check_fail(check, c, node, "reg", "'%s' (%s) overlaps '%s' (%s)", node_name(c, node), range_text(a),
				   node_name(c, other), range_text(b));
			message_fix("move one of them");
		}
	}
}

void check_mem_not_ram(const struct check *check, const struct check_context *c)
{
	for (u32 i = 0; i < c->cell->memory_count; i++) {
		const struct cell_memory *m = &c->cell->memory[i];

		if (m->host == BLOB_ANY || board_ram_contains(c->board, host_range(m)))
			continue;
		check_fail(check, c, m->node, "host-address", "%s is not RAM of this board", range_text(host_range(m)));
		message_fix("stay inside %s, or leave host-address out", range_text(c->board->ram[0]));
	}
}

void check_overlap_hypervisor(const struct check *check, const struct check_context *c)
{
	for (u32 i = 0; c->hypervisor.size && i < c->cell->memory_count; i++) {
		const struct cell_memory *m = &c->cell->memory[i];

		if (m->host == BLOB_ANY || !range_overlaps(host_range(m), c->hypervisor))
			continue;
		check_fail(check, c, m->node, "host-address", "%s overlaps the hypervisor (%s)", range_text(host_range(m)),
			   range_text(c->hypervisor));
		message_fix("move it, or leave host-address out");
	}
}

static void overlap_with(const struct check *check, const struct check_context *c, const struct cell_memory *m, const struct cell *other)
{
	for (u32 i = 0; i < other->memory_count; i++) {
		const struct cell_memory *o = &other->memory[i];

		if ((other == c->cell && o >= m) || o->host == BLOB_ANY || !range_ok(host_range(o)))
			continue;
		if (!range_overlaps(host_range(m), host_range(o)))
			continue;
		check_fail(check, c, m->node, "host-address", "%s overlaps memory of cell '%s' (%s)", range_text(host_range(m)),
			   other->name, range_text(host_range(o)));
		message_fix("move it, or leave host-address out");
	}
}

void check_overlap_cell(const struct check *check, const struct check_context *c)
{
	for (u32 i = 0; i < c->cell->memory_count; i++) {
		const struct cell_memory *m = &c->cell->memory[i];

		if (m->host == BLOB_ANY)
			continue;
		overlap_with(check, c, m, c->cell);
		for (u32 j = 0; j < c->other_count; j++)
			overlap_with(check, c, m, c->others[j]);
	}
}

void check_small_pages(const struct check *check, const struct check_context *c)
{
	for (u32 i = 0; i < c->cell->memory_count; i++) {
		const struct cell_memory *m = &c->cell->memory[i];

		if (m->host == BLOB_ANY || m->range.size < SUPERPAGE || !((m->host ^ m->range.start) & (SUPERPAGE - 1)))
			continue;
		check_warn(check, c, m->node, "host-address",
			   "'%s' needs %llu small pages: guest 0x%llx and host 0x%llx differ below 2 MiB", node_name(c, m->node),
			   (unsigned long long)(m->range.size >> PAGE_SHIFT), (unsigned long long)m->range.start,
			   (unsigned long long)m->host);
		message_fix("use host-address <0x%llx 0x%llx>",
			    (unsigned long long)((m->host & ~(SUPERPAGE - 1)) | (m->range.start & (SUPERPAGE - 1))) >> 32,
			    (unsigned long long)((m->host & ~(SUPERPAGE - 1)) | (m->range.start & (SUPERPAGE - 1))) & 0xffffffff);
	}
}

void check_comm_overlap(const struct check *check, const struct check_context *c)
{
	struct range page = range_make(c->cell->comm_gpa, PAGE_SIZE);
	int node = c->cell->comm_node;

	if (node < 0 && c->cell->comm_gpa != BLOB_ANY)
		return;
	if (node < 0) {
		check_fail(check, c, 0, NULL, "no free page above RAM for the comm page");
		message_fix("add comm@... { reg = <...>; }; with a free page");
	} else if (tree_number((const u8 *)tree_property(&c->cell->tree, node, "reg", NULL) + 8, 2) != PAGE_SIZE ||
		   !range_page_aligned(page) || !range_ok(page) || range_last(page) >= GUEST_LIMIT) {
		check_fail(check, c, node, "reg", "the comm page is one aligned page below 0x%llx", (unsigned long long)GUEST_LIMIT);
		message_fix("give it size SIZE_KiB(4) and an address that ends in 000");
	} else if (cell_uses(c->cell, page, true)) {
		check_fail(check, c, node, "reg", "the comm page (0x%llx) overlaps memory or registers of the cell",
			   (unsigned long long)page.start);
		message_fix("move it to a free page, or leave comm@ out");
	}
}

/* --- what is loaded ------------------------------------------------------------------------------------------------------- */

/* One layout answers several checks; each reports its own. */
static void layout_check(const struct check *check, const struct check_context *c, const char *property)
{
	struct layout layout;
	struct layout_problem problem = { 0 };

	if (c->cell->chosen_node < 0 || !c->cell->memory_count || !layout_cell(c->cell, &layout, &problem) || strcmp(problem.id, check->id))
		return;
	check_fail(check, c, c->cell->chosen_node, property, "%s", problem.what);
	message_fix("%s", problem.fix);
}

void check_files(const struct check *check, const struct check_context *c)
{
	const char *const names[] = { "kernel", "initrd" };

	for (u32 i = 0; c->cell->chosen_node >= 0 && i < ARRAY_SIZE(names); i++) {
		const char *path = tree_string(&c->cell->tree, c->cell->chosen_node, names[i]);
		struct bytes file;
		int err = path ? file_map(path_join(c->cell->tree.dir, path), &file) : 0;

		if (!err)
			continue;
		(c->files_optional ? check_warn : check_fail)(check, c, c->cell->chosen_node, names[i], "cannot read '%s': %s",
							      path_join(c->cell->tree.dir, path), strerror(-err));
		message_fix("correct the path; it is relative to the cell file");
	}
}

void check_file_size(const struct check *check, const struct check_context *c)
{
	layout_check(check, c, "kernel");
}

void check_entry(const struct check *check, const struct check_context *c)
{
	layout_check(check, c, "entry");
}

void check_stdout(const struct check *check, const struct check_context *c)
{
	const char *s = c->cell->stdout_path;

	if (!s || cell_uart(c->cell))
		return;
	check_fail(check, c, c->cell->chosen_node, "stdout-path", "stdout-path \"%s\" is not a UART of this cell", s);
	message_fix("write stdout-path = \"/<name of the device node in this file>\"");
}
