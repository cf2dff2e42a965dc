// SPDX-License-Identifier: GPL-2.0-only
/* The cell language as a table: which property a node may have, and of what type. */
#include "model.h"

#include <stdio.h>
#include <string.h>

#include <libfdt.h>

enum type { TYPE_FLAG, TYPE_STRING, TYPE_STRINGS, TYPE_U32, TYPE_CELLS, TYPE_U64, TYPE_RANGE, TYPE_RANGES, TYPE_PAIRS, TYPE_IRQS };

struct property_rule {
	const char *name;
	enum type type;
	bool required;
};

struct node_rule {
	enum node_kind kind;
	const char *name; /* NULL: any other */
	const struct property_rule *properties;
};

static const struct property_rule root_properties[] = {
	{ "compatible", TYPE_STRINGS, false },
	{ "#address-cells", TYPE_U32, false },
	{ "#size-cells", TYPE_U32, false },
	{ "cell-name", TYPE_STRING, false },
	{ "cpus", TYPE_CELLS, false },
	{ "cpu-count", TYPE_U32, false },
	{ "irqs", TYPE_IRQS, false },
	{ "interrupt-mode", TYPE_STRING, false },
	{ "console", TYPE_FLAG, false },
	{ "critical", TYPE_FLAG, false },
	{ "restart", TYPE_STRING, false },
	{ "restart-limit", TYPE_U32, false },
	{ "restart-by", TYPE_STRING, false },
	{ "watchdog-ms", TYPE_U32, false },
	{ NULL, TYPE_FLAG, false },
};

static const struct property_rule memory_properties[] = {
	{ "reg", TYPE_RANGE, true },        { "host-address", TYPE_U64, false }, { "read-only", TYPE_FLAG, false },
	{ "no-execute", TYPE_FLAG, false }, { NULL, TYPE_FLAG, false },
};

static const struct property_rule registers_properties[] = {
	{ "reg", TYPE_RANGE, true },       { "host-address", TYPE_U64, false }, { "io-width", TYPE_CELLS, false },
	{ "read-only", TYPE_FLAG, false }, { "write-mask", TYPE_PAIRS, false }, { NULL, TYPE_FLAG, false },
};

static const struct property_rule shared_properties[] = {
	{ "reg", TYPE_RANGE, true },      { "channel", TYPE_STRING, true }, { "peers", TYPE_STRINGS, true },
	{ "access", TYPE_STRING, false }, { "doorbells", TYPE_U32, false }, { NULL, TYPE_FLAG, false },
};

static const struct property_rule comm_properties[] = {
	{ "reg", TYPE_RANGE, true },
	{ NULL, TYPE_FLAG, false },
};

static const struct property_rule chosen_properties[] = {
	{ "kernel", TYPE_STRING, false },      { "initrd", TYPE_STRING, false }, { "bootargs", TYPE_STRING, false },
	{ "stdout-path", TYPE_STRING, false }, { "entry", TYPE_U64, false },     { NULL, TYPE_FLAG, false },
};

static const struct property_rule device_properties[] = {
	{ "device", TYPE_STRING, true }, { "reg", TYPE_RANGES, false },     { "dma", TYPE_STRING, false },
	{ "irqs", TYPE_IRQS, false },    { "io-ports", TYPE_PAIRS, false }, { NULL, TYPE_FLAG, false },
};

static const struct node_rule nodes[] = {
	{ NODE_ROOT, "", root_properties },
	{ NODE_MEMORY, "memory", memory_properties },
	{ NODE_REGISTERS, "registers", registers_properties },
	{ NODE_SHARED, "shared", shared_properties },
	{ NODE_COMM, "comm", comm_properties },
	{ NODE_CHOSEN, "chosen", chosen_properties },
	{ NODE_DEVICE, NULL, device_properties },
};

static const char *const kind_names[] = { "memory", "registers", "shared", "comm", "chosen", NULL };

enum node_kind node_kind(const char *name)
{
	size_t length = strcspn(name, "@");

	for (u32 i = 1; nodes[i].name; i++)
		if (strlen(nodes[i].name) == length && !memcmp(nodes[i].name, name, length))
			return nodes[i].kind;
	return NODE_DEVICE;
}

static bool is_strings(const char *s, int length, bool one)
{
	if (length < 1 || s[length - 1] != '\0')
		return false;
	return !one || strlen(s) + 1 == (size_t)length;
}

static const char *irqs_error(const struct board_arch *arch, int length)
{
	static const char *const words[] = { "no", "one", "two", "three" };

	if (length > 0 && (u32)length % (4 * arch->irq_cells) == 0)
		return NULL;
	return mem_format("must be interrupts of %s cells each, like %s", words[arch->irq_cells], arch->irq_example);
}

static const char *type_error(enum type type, const struct board_arch *arch, const void *value, int length)
{
	switch (type) {
	case TYPE_FLAG: return length ? "must have no value" : NULL;
	case TYPE_STRING: return is_strings(value, length, true) ? NULL : "must be one string";
	case TYPE_STRINGS: return is_strings(value, length, false) ? NULL : "must be a list of strings";
	case TYPE_U32: return length == 4 ? NULL : "must be one number, like <1>";
	case TYPE_CELLS: return length >= 4 && length % 4 == 0 ? NULL : "must be a list of numbers, like <1 2>";
	case TYPE_U64: return length == 8 ? NULL : "must be an address of two cells, like <0x0 0x40000000>";
	case TYPE_RANGE:
		return length == 16 ? NULL : "must be one range, two cells of address and two of size, like <0x0 0x40000000 SIZE_MiB(16)>";
	case TYPE_RANGES: return length >= 16 && length % 16 == 0 ? NULL : "must be ranges, each two cells of address and two of size";
	case TYPE_PAIRS: return length >= 8 && length % 8 == 0 ? NULL : "must be pairs of numbers";
	case TYPE_IRQS: return irqs_error(arch, length);
	}
	return NULL;
}

static const char *suggest_property(const struct property_rule *rules, const char *name)
{
	const char *names[32];
	u32 n = 0;

	for (; rules[n].name && n < 31; n++)
		names[n] = rules[n].name;
	names[n] = NULL;
	return suggest_text(name, names);
}

static const struct property_rule *rule_find(const struct property_rule *rules, const char *name)
{
	for (; rules->name; rules++)
		if (!strcmp(rules->name, name))
			return rules;
	return NULL;
}

/* dtc gives a phandle to each node that is referred to; it means nothing here. */
static bool is_ignored(const char *name)
{
	return !strcmp(name, "phandle") || !strcmp(name, "linux,phandle");
}

static const char *node_label(const struct tree *tree, int node)
{
	const char *name = fdt_get_name(tree->fdt, node, NULL);

	return name && *name ? name : "/";
}

static void check_properties(const struct tree *tree, const struct board_arch *arch, int node, const struct node_rule *rule)
{
	const char *label = node_label(tree, node);

	for (int p = fdt_first_property_offset(tree->fdt, node); p >= 0; p = fdt_next_property_offset(tree->fdt, p)) {
		const char *name, *error;
		int length;
		const void *value = fdt_getprop_by_offset(tree->fdt, p, &name, &length);
		const struct property_rule *property;
		struct position at;

		if (!value || is_ignored(name))
			continue;
		property = rule_find(rule->properties, name);
		at = tree_property_at(tree, node, name);
		if (!property) {
			message_error(&at, "property-unknown", "'%s' is not a property of '%s'%s", name, label,
				      suggest_property(rule->properties, name));
			message_fix("remove it or correct its name");
			continue;
		}
		error = type_error(property->type, arch, value, length);
		if (error) {
			message_error(&at, "property-type", "'%s' of '%s' %s", name, label, error);
			message_fix("write its value in that form");
		}
	}
	for (const struct property_rule *r = rule->properties; r->name; r++) {
		struct position at = tree_node_at(tree, node);

		/* A node of an unknown kind is a device without "device", or a misspelt kind: node-unknown says so. */
		if (!r->required || tree_has(tree, node, r->name) || rule->kind == NODE_DEVICE)
			continue;
		message_error(&at, "property-missing", "'%s' needs '%s'", label, r->name);
		message_fix("add '%s'", r->name);
	}
}

static void check_node(const struct tree *tree, const struct board_arch *arch, int node)
{
	const char *name = node_label(tree, node);
	enum node_kind kind = node_kind(name);
	struct position at = tree_node_at(tree, node);
	const struct node_rule *rule = nodes;
	int child;

	while (rule->kind != kind)
		rule++;
	if (kind == NODE_DEVICE && !tree_has(tree, node, "device") && !tree_has(tree, node, "io-ports")) {
		const char *base = mem_copy(name, strcspn(name, "@"));

		message_error(&at, "node-unknown", "'%s' is neither a known node nor a device%s", name, suggest_text(base, kind_names));
		message_fix("correct its name, or say which device it is: device = \"<path or alias on the board>\"");
		return;
	}
	check_properties(tree, arch, node, rule);
	fdt_for_each_subnode(child, tree->fdt, node) {
		at = tree_node_at(tree, child);
		message_error(&at, "node-unknown", "'%s' has no place inside '%s'", node_label(tree, child), name);
		message_fix("move it up, or remove it");
	}
}

u32 schema_check(const struct tree *tree, const struct board_arch *arch)
{
	u32 before = message_errors();
	int child;

	check_properties(tree, arch, 0, &nodes[0]);
	fdt_for_each_subnode(child, tree->fdt, 0)
		check_node(tree, arch, child);
	return message_errors() - before;
}
