// SPDX-License-Identifier: GPL-2.0-only
/* Checks of the cell as a whole: language, name, CPUs, policies. */
#include "checks.h"

#include <string.h>

#include <libfdt.h>

#define VERSION_STRING "bulkhead,cell-v1"

void check_cell_version(const struct check *check, const struct check_context *c)
{
	const struct tree *tree = &c->cell->tree;
	const char *s = tree_string(tree, 0, "compatible");

	if (tree_compatible(tree, 0, VERSION_STRING))
		return;
	check_fail(check, c, 0, "compatible", "%s",
		   s ? mem_format("'%s' is not a cell this cellctl understands", s) : "no compatible property");
	message_fix("write compatible = \"" VERSION_STRING "\";");
}

void check_cell_address_cells(const struct check *check, const struct check_context *c)
{
	static const char *const names[] = { "#address-cells", "#size-cells" };

	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		if (tree_u32(&c->cell->tree, 0, names[i], 0, 0) == 2)
			continue;
		check_fail(check, c, 0, names[i], "%s must be 2", names[i]);
		message_fix("write #address-cells = <2>; #size-cells = <2>;");
	}
}

void check_name_syntax(const struct check *check, const struct check_context *c)
{
	const char *name = c->cell->name_given;

	/* blob_name_ok() wants the field padded, and a name that was cut off is none. */
	if (strlen(name) < BULKHEAD_NAME_SIZE && blob_name_ok(c->cell->name))
		return;
	check_fail(check, c, 0, "cell-name", "'%s' cannot be a cell's name", name);
	message_fix("use 1 to 31 of a-z, 0-9 and '-', not starting with '-', and not 'root' or 'hypervisor': cell-name = \"...\"");
}

void check_name_duplicate(const struct check *check, const struct check_context *c)
{
	for (u32 i = 0; i < c->other_count; i++) {
		if (strcmp(c->others[i]->name, c->cell->name))
			continue;
		check_fail(check, c, 0, "cell-name", "there is a cell '%s' already", c->cell->name);
		message_fix("destroy it first, or give this one another name with cell-name");
	}
}

void check_cell_too_big(const struct check *check, const struct check_context *c)
{
	if (!c->cell->too_many)
		return;
	check_fail(check, c, 0, NULL,
		   "more parts than a cell can have (%u memory nodes, %u windows, %u register ranges, %u interrupts, %u CPUs)",
		   CELL_MAX_MEMORY, WINDOW_CELL_MAX, PLAN_MAX_MMIO, PLAN_MAX_IRQS, BULKHEAD_MAX_CPUS);
	message_fix("join neighbouring ranges, or split the cell");
}

/* --- CPUs ------------------------------------------------------------------------------------------------------------------ */

static const struct cell *cpu_owner(const struct check_context *c, u32 cpu)
{
	for (u32 i = 0; i < c->other_count; i++)
		for (u32 j = 0; !c->others[i]->cpus_any && j < c->others[i]->cpu_count; j++)
			if (c->others[i]->cpus[j] == cpu)
				return c->others[i];
	return NULL;
}

/* CPUs the root still has; cells that left the choice open count by number. */
static u32 free_cpus(const struct check_context *c)
{
	u32 used = 0;

	for (u32 i = 0; i < c->other_count; i++)
		used += c->others[i]->cpu_count;
	return used < c->board->cpu_count ? c->board->cpu_count - used : 0;
}

void check_cpu_both(const struct check *check, const struct check_context *c)
{
	const struct tree *tree = &c->cell->tree;

	if (tree_has(tree, 0, "cpus") && tree_has(tree, 0, "cpu-count")) {
		check_fail(check, c, 0, "cpu-count", "both cpus and cpu-count");
		message_fix("keep one: cpus names them, cpu-count takes any");
	} else if (!tree_has(tree, 0, "cpus") && !tree_has(tree, 0, "cpu-count")) {
		check_fail(check, c, 0, NULL, "neither cpus nor cpu-count");
		message_fix("write cpus = <%u>; or cpu-count = <1>;", c->board->cpu_count - 1);
	}
}

void check_cpu_unknown(const struct check *check, const struct check_context *c)
{
	for (u32 i = 0; !c->cell->cpus_any && i < c->cell->cpu_count; i++) {
		if (c->cell->cpus[i] < c->board->cpu_count)
			continue;
		check_fail(check, c, 0, "cpus", "the board has no CPU %u", c->cell->cpus[i]);
		message_fix("use numbers from 1 to %u", c->board->cpu_count - 1);
	}
}

void check_cpu_duplicate(const struct check *check, const struct check_context *c)
{
	for (u32 i = 1; !c->cell->cpus_any && i < c->cell->cpu_count; i++) {
		for (u32 j = 0; j < i; j++) {
			if (c->cell->cpus[i] != c->cell->cpus[j])
				continue;
			check_fail(check, c, 0, "cpus", "CPU %u is named twice", c->cell->cpus[i]);
			message_fix("name each CPU once");
		}
	}
}

void check_cpu_boot(const struct check *check, const struct check_context *c)
{
	for (u32 i = 0; !c->cell->cpus_any && i < c->cell->cpu_count; i++) {
		if (c->cell->cpus[i])
			continue;
		check_fail(check, c, 0, "cpus", "CPU 0 started the machine and stays with the root");
		message_fix("use numbers from 1 to %u", c->board->cpu_count - 1);
	}
}

void check_cpu_owned(const struct check *check, const struct check_context *c)
{
	for (u32 i = 0; !c->cell->cpus_any && i < c->cell->cpu_count; i++) {
		const struct cell *owner = cpu_owner(c, c->cell->cpus[i]);

		if (!owner)
			continue;
		check_fail(check, c, 0, "cpus", "CPU %u belongs to cell '%s'", c->cell->cpus[i], owner->name);
		message_fix("use another CPU, or destroy '%s' first", owner->name);
	}
}

void check_cpu_too_many(const struct check *check, const struct check_context *c)
{
	u32 left = free_cpus(c);

	if (!c->cell->cpus_any)
		return;
	if (!c->cell->cpu_count) {
		check_fail(check, c, 0, "cpu-count", "a cell needs at least one CPU");
		message_fix("write cpu-count = <1>;");
	} else if (c->cell->cpu_count > left) {
		check_fail(check, c, 0, "cpu-count", "%u CPUs wanted, %u free", c->cell->cpu_count, left);
		message_fix("ask for at most %u", left > 1 ? left - 1 : 0);
	}
}

void check_cpu_root_last(const struct check *check, const struct check_context *c)
{
	u32 left = free_cpus(c);

	if (c->cell->cpu_count < left)
		return;
	check_fail(check, c, 0, c->cell->cpus_any ? "cpu-count" : "cpus", "this would take the root's last CPU");
	message_fix("take at most %u", left > 1 ? left - 1 : 0);
}

/* --- policies -------------------------------------------------------------------------------------------------------------- */

void check_irq_mode(const struct check *check, const struct check_context *c)
{
	const char *mode = tree_string(&c->cell->tree, 0, "interrupt-mode");
	bool forced = c->board->flags & BLOB_MACHINE_FORCE_LIST_REGISTERS;

	if (!mode || !strcmp(mode, "auto") || (!strcmp(mode, "direct") && !forced))
		return;
	if (!strcmp(mode, "list-register"))
		check_fail(check, c, 0, "interrupt-mode", "this version has no list-register mode");
	else if (!strcmp(mode, "direct"))
		check_fail(check, c, 0, "interrupt-mode", "the board asks for list registers, so interrupts cannot be direct");
	else
		check_fail(check, c, 0, "interrupt-mode", "there is no interrupt mode '%s'", mode);
	message_fix("write interrupt-mode = \"auto\"; or leave it out");
}

void check_restart_value(const struct check *check, const struct check_context *c)
{
	static const char *const words[] = { "never", "on-fault", "always", NULL };
	const char *s = tree_string(&c->cell->tree, 0, "restart");

	for (u32 i = 0; words[i]; i++)
		if (!s || !strcmp(s, words[i]))
			return;
	check_fail(check, c, 0, "restart", "there is no restart policy '%s'%s", s, suggest_text(s, words));
	message_fix("write restart = \"never\", \"on-fault\" or \"always\"");
}

void check_restart_policy(const struct check *check, const struct check_context *c)
{
	if (!tree_has(&c->cell->tree, 0, "restart-limit") || c->cell->restart != BLOB_RESTART_NEVER)
		return;
	check_fail(check, c, 0, "restart-limit", "restart-limit without a restart policy");
	message_fix("remove it");
}

void check_restart_by(const struct check *check, const struct check_context *c)
{
	const char *s = tree_string(&c->cell->tree, 0, "restart-by");

	if (!s || !strcmp(s, "root"))
		return;
	check_fail(check, c, 0, "restart-by", "restart by '%s' is not available", s);
	message_fix("write restart-by = \"root\"; or leave it out");
}

void check_watchdog(const struct check *check, const struct check_context *c)
{
	u32 ms = c->cell->watchdog_ms;

	if (!ms || (ms >= 10 && ms <= 60000))
		return;
	check_fail(check, c, 0, "watchdog-ms", "a watchdog of %u ms", ms);
	message_fix("use 10 to 60000, or 0 for none");
}

static void unavailable(const struct check *check, const struct check_context *c, int node, const char *property, const char *fix)
{
	check_fail(check, c, node, property, "'%s' is not in this version of Bulkhead", property);
	message_fix("%s", fix);
}

void check_feature(const struct check *check, const struct check_context *c)
{
	static const char no_irqs[] = "remove it: no VT-d unit remaps this board's interrupts, so its cells poll";
	const struct tree *tree = &c->cell->tree;
	int node;

	/* What cannot be honoured is refused, never ignored. */
	if (c->board->no_cell_irqs && tree_has(tree, 0, "irqs"))
		unavailable(check, c, 0, "irqs", no_irqs);
	fdt_for_each_subnode(node, tree->fdt, 0) {
		enum node_kind kind = node_kind(fdt_get_name(tree->fdt, node, NULL));

		if (kind == NODE_DEVICE && tree_has(tree, node, "io-ports") && !c->board->arch->has_ports)
			unavailable(check, c, node, "io-ports", "remove it: I/O ports exist on x86 only");
		if (kind == NODE_DEVICE && tree_has(tree, node, "irqs") && c->board->no_cell_irqs)
			unavailable(check, c, node, "irqs", no_irqs);
	}
}
