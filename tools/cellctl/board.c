// SPDX-License-Identifier: GPL-2.0-only
/* Reads the machine's device tree: CPUs, RAM, console, limits; what depends on the architecture is in board_ARCH.c. */
#include "board.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <libfdt.h>

#include "acpi.h"

#define ID "board-invalid"
#define GIB (1ull << 30)

/* The last one takes what no other recognises, and says what it lacks. */
static const struct board_arch *const arches[] = { &board_riscv, &board_x86, &board_arm64 };

const struct board_arch *board_arch_by_index(u32 index)
{
	return index < ARRAY_SIZE(arches) ? arches[index] : NULL;
}

const struct board_arch *board_arch_here(void)
{
	struct utsname u;

	for (u32 i = 0; !uname(&u) && i < ARRAY_SIZE(arches); i++)
		if (!strcmp(arches[i]->machine, u.machine))
			return arches[i];
	return &board_arm64;
}

int board_error(const struct board *board, int node, const char *fix, const char *what)
{
	struct position at = tree_node_at(&board->tree, node < 0 ? 0 : node);

	message_error(&at, ID, "%s", what);
	message_fix("%s", fix);
	return -EINVAL;
}

static int read_cpus(struct board *board)
{
	const struct tree *tree = &board->tree;
	int cpus = fdt_path_offset(tree->fdt, "/cpus");
	u32 cells = cpus < 0 ? 0 : tree_u32(tree, cpus, "#address-cells", 0, 1);
	int node;

	if (cpus < 0 || cells < 1 || cells > 2)
		return board_error(board, -1, "give a complete device tree", "no usable /cpus node");
	fdt_for_each_subnode(node, tree->fdt, cpus) {
		const char *name = fdt_get_name(tree->fdt, node, NULL);
		int length;
		const void *reg = tree_property(tree, node, "reg", &length);

		if (!name || (strcmp(name, "cpu") && strncmp(name, "cpu@", 4)) || !tree_enabled(tree, node))
			continue;
		if (!reg || (u32)length < 4 * cells)
			return board_error(board, node, "give the CPU a reg property", "CPU without a hardware id");
		if (board->cpu_count == BULKHEAD_MAX_CPUS)
			return board_error(board, node, "Bulkhead does not support this machine yet", "more than 64 CPUs");
		board->cpus[board->cpu_count++] = (struct board_cpu){ .hwid = tree_number(reg, cells), .node = node };
	}
	return board->cpu_count ? 0 : board_error(board, cpus, "give a complete device tree", "no CPU in /cpus");
}

static int read_ram(struct board *board)
{
	const struct tree *tree = &board->tree;
	int node;

	fdt_for_each_subnode(node, tree->fdt, 0) {
		const char *type = tree_string(tree, node, "device_type");

		if (!type || strcmp(type, "memory") || !tree_enabled(tree, node))
			continue;
		for (u32 i = 0; i < tree_reg_count(tree, node); i++) {
			struct range r;
			u32 at;

			if (!tree_reg(tree, node, i, &r))
				continue; /* banks of size 0 are legal and mean nothing */
			if (board->ram_count == PLAN_MAX_RAM)
				return board_error(board, node, "Bulkhead does not support this machine yet", "more than 64 memory banks");
			for (at = board->ram_count++; at && board->ram[at - 1].start > r.start; at--)
				board->ram[at] = board->ram[at - 1];
			board->ram[at] = r;
		}
	}
	return board->ram_count
		       ? 0
		       : board_error(board, -1, "give a board file that has memory nodes (UEFI firmware removes them)", "no memory node");
}

int board_add_controller(struct board *board, struct range r, bool cells_too)
{
	struct ranges *all = &board->controllers, *seen = &board->cell_controllers;

	if (all->count == BOARD_MAX_CONTROLLERS || seen->count == BOARD_MAX_CONTROLLERS)
		return board_error(board, -1, "Bulkhead does not support this machine yet", "too many parts of the interrupt controller");
	all->at[all->count++] = r;
	if (cells_too)
		seen->at[seen->count++] = r;
	return 0;
}

static int read_arch(struct board *board)
{
	u32 i = 0;

	while (i < ARRAY_SIZE(arches) - 1 && !arches[i]->is(&board->tree))
		i++;
	board->arch = arches[i];
	return board->arch->read(board);
}

static void read_console(struct board *board)
{
	const struct tree *tree = &board->tree;
	int chosen = fdt_path_offset(tree->fdt, "/chosen");
	int own = fdt_path_offset(tree->fdt, "/bulkhead");
	const char *path = chosen < 0 ? NULL : tree_string(tree, chosen, "stdout-path");
	struct range r;

	board->console_node = path ? tree_find(tree, path) : -1;
	path = own < 0 ? NULL : tree_string(tree, own, "console");
	if (path)
		board->console_node = tree_find(tree, path);
	if (board->console_node >= 0 && board_ports(board, board->console_node, 0, &r)) {
		board->uart_type = board_uart_type(board, board->console_node);
		board->uart_base = board->uart_type == BLOB_UART_NONE ? 0 : r.start;
	} else if (board->console_node >= 0 && tree_reg(tree, board->console_node, 0, &r)) {
		board->uart_type = board_uart_type(board, board->console_node);
		board->uart_base = board->uart_type == BLOB_UART_NONE ? 0 : r.start;
		board->uart_reg_shift = tree_u32(tree, board->console_node, "reg-shift", 0, 0);
	}
	if (own >= 0 && tree_has(tree, own, "force-list-registers"))
		board->flags |= BLOB_MACHINE_FORCE_LIST_REGISTERS;
	if (own >= 0 && tree_has(tree, own, "deny-root-firmware-calls"))
		board->flags |= BLOB_MACHINE_DENY_ROOT_SMC;
}

static void raise_limit(u64 *limit, u64 start, u64 size)
{
	if (size && start + size > start && start + size > *limit)
		*limit = start + size;
}

/* Windows of a bus seen from the CPUs: of a PCI host bridge (three address cells, two size cells) or a plain bus. */
static void limit_of_ranges(const struct board *board, int node, u64 *limit)
{
	const struct tree *tree = &board->tree;
	int parent = tree_parent(tree, node);
	int length;
	const u8 *p = tree_property(tree, node, "ranges", &length);
	u32 child = tree_u32(tree, node, "#address-cells", 0, 2), size = tree_u32(tree, node, "#size-cells", 0, 1);
	u32 up = parent < 0 ? 0 : tree_u32(tree, parent, "#address-cells", 0, 2);
	u32 entry = 4 * (child + up + size);

	if (!p || child > 3 || up < 1 || up > 2 || size < 1 || size > 2)
		return;
	for (u32 at = 0; at + entry <= (u32)length; at += entry) {
		u64 start = tree_number(p + at + 4 * child, up);
		bool reachable = true;

		for (int bus = parent; bus > 0 && reachable; bus = tree_parent(tree, bus))
			reachable = tree_translate(tree, bus, &start);
		if (reachable)
			raise_limit(limit, start, tree_number(p + at + 4 * (child + up), size));
	}
}

static void read_limit(struct board *board)
{
	const struct tree *tree = &board->tree;
	u64 limit = 0;

	for (int node = fdt_next_node(tree->fdt, -1, NULL); node >= 0; node = fdt_next_node(tree->fdt, node, NULL)) {
		struct range r;

		for (u32 i = 0; i < tree_reg_count(tree, node); i++)
			if (tree_reg(tree, node, i, &r))
				raise_limit(&limit, r.start, r.size);
		limit_of_ranges(board, node, &limit);
	}
	board->phys_limit = limit > ~0ull - GIB ? ~(GIB - 1) : (limit + GIB - 1) & ~(GIB - 1);
}

/* The first compatible string of the machine, as a name: "linux,dummy-virt" becomes "linux-dummy-virt". */
static void name_board(struct board *board, const char *name)
{
	const char *from = name ? path_stem(name) : tree_string(&board->tree, 0, "compatible");
	u32 n = 0;

	if (name && !strcmp(from, "board")) /* configs/NAME/board.dts */
		from = path_stem(path_dir(name));
	for (; from && *from && n < BULKHEAD_NAME_SIZE - 1; from++) {
		char c = *from >= 'A' && *from <= 'Z' ? (char)(*from + 32) : *from;
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (plain || n)
			board->name[n++] = plain ? c : '-';
	}
	if (!blob_name_ok(board->name))
		memcpy(board->name, "board", sizeof("board"));
}

static const char *find_file(const char *name)
{
	static const char *const places[] = { "configs/%s/board.dts", "/usr/share/bulkhead/boards/%s.dtb",
					      "/usr/share/bulkhead/boards/%s.dts" };

	if (file_exists(name) || strpbrk(name, "/."))
		return name;
	for (u32 i = 0; i < ARRAY_SIZE(places); i++) {
		char path[512];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		int n = snprintf(path, sizeof(path), places[i], name);
#pragma GCC diagnostic pop
		if (n > 0 && (size_t)n < sizeof(path) && file_exists(path))
			return mem_copy(path, (size_t)n);
	}
	return name;
}

bool board_live(void)
{
	return file_exists(BOARD_LIVE) || acpi_present("");
}

static int load_live(struct tree *tree)
{
	struct position at = { .file = BOARD_LIVE };

	if (!file_exists(BOARD_LIVE) && acpi_present(""))
		return acpi_tree("", tree);
	if (file_exists(BOARD_LIVE) && access(BOARD_LIVE, R_OK) == 0)
		return tree_load(BOARD_LIVE, tree);
	if (file_exists(BOARD_LIVE)) {
		message_error(&at, "not-root", "only root may read this machine's device tree");
		message_fix("run as root, or name a board file with -b");
	} else {
		message_error(&at, "board-unknown", "this machine has no device tree, and no ACPI tables");
		message_fix("name the target with -b: a board of configs/, a .dts or a .dtb");
	}
	return -EINVAL;
}

int board_load(const char *name, struct board *board)
{
	int (*const steps[])(struct board *) = { read_cpus, read_ram, read_arch };
	int err;

	memset(board, 0, sizeof(*board));
	if (name) {
		name = find_file(name);
		if (!file_exists(name)) {
			message_error(NULL, "board-unknown", "no board '%s'", name);
			message_fix("name a directory of configs/, a .dts or a .dtb");
			return -EINVAL;
		}
	}
	if (!name)
		err = load_live(&board->tree);
	else if (acpi_present(name)) /* a copy of another machine's /sys and /proc */
		err = acpi_tree(name, &board->tree);
	else
		err = tree_load(name, &board->tree);
	if (err)
		return err;
	name_board(board, name);
	for (u32 i = 0; i < ARRAY_SIZE(steps); i++) {
		err = steps[i](board);
		if (err)
			return err;
	}
	read_console(board);
	read_limit(board);
	return 0;
}
