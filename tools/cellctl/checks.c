// SPDX-License-Identifier: GPL-2.0-only
/* The table of checks and its runner: in order, each once, none whose prerequisite failed. */
#include "checks.h"

#include <stdio.h>
#include <string.h>

static const struct check table[] = {
	{ "dts-syntax", "The file is not device tree source that cpp and dtc accept.", NULL, { NULL } },
	{ "node-unknown", "A node is neither memory, registers, shared, comm, chosen nor a device.", NULL, { NULL } },
	{ "property-unknown", "A property that this kind of node does not have.", NULL, { NULL } },
	{ "property-type", "A property whose value has the wrong form.", NULL, { NULL } },
	{ "property-missing", "A property that this kind of node must have.", NULL, { NULL } },

	{ "cell-version", "compatible must name the language version: \"bulkhead,cell-v1\".", check_cell_version, { NULL } },
	{ "cell-address-cells", "#address-cells and #size-cells must both be 2.", check_cell_address_cells, { NULL } },
	{ "name-syntax", "Cell names are [a-z0-9][a-z0-9-]{0,30}; root and hypervisor are taken.", check_name_syntax, { NULL } },
	{ "name-duplicate", "Another cell has this name.", check_name_duplicate, { "name-syntax", NULL } },
	{ "cell-too-big", "More memory nodes, windows, devices, interrupts or CPUs than a cell can have.", check_cell_too_big, { NULL } },
	{ "cpu-both", "A cell has either cpus or cpu-count.", check_cpu_both, { NULL } },
	{ "cpu-unknown",
	  "The board has no CPU of this number. Numbers count the cpu@ nodes from 0.",
	  check_cpu_unknown,
	  { "cpu-both", NULL } },
	{ "cpu-duplicate", "A CPU is named twice.", check_cpu_duplicate, { "cpu-both", NULL } },
	{ "cpu-boot", "CPU 0 started the machine and stays with the root.", check_cpu_boot, { "cpu-unknown", NULL } },
	{ "cpu-owned", "The CPU belongs to another cell.", check_cpu_owned, { "cpu-unknown", NULL } },
	{ "cpu-too-many", "cpu-count asks for more CPUs than are free.", check_cpu_too_many, { "cpu-both", NULL } },
	{ "cpu-root-last", "The root needs at least one CPU.", check_cpu_root_last, { "cpu-unknown", "cpu-too-many", NULL } },
	{ "irq-mode-unavailable", "The board or this version cannot deliver interrupts that way.", check_irq_mode, { NULL } },
	{ "restart-value", "restart is \"never\", \"on-fault\" or \"always\".", check_restart_value, { NULL } },
	{ "restart-without-policy", "restart-limit means nothing without restart.", check_restart_policy, { "restart-value", NULL } },
	{ "restart-by-unavailable", "Only the root restarts cells in this version.", check_restart_by, { NULL } },
	{ "watchdog-range", "watchdog-ms is 0 (off) or 10 to 60000.", check_watchdog, { NULL } },

	{ "mem-size", "Memory must be there, and not empty.", check_mem_size, { NULL } },
	{ "mem-align", "Memory comes in pages of 4 KiB.", check_mem_align, { "mem-size", NULL } },
	{ "mem-wrap", "The range runs over the end of the address space.", check_mem_wrap, { "mem-size", NULL } },
	{ "mem-beyond-ipa", "Guests have 40 bits of address.", check_mem_beyond, { "mem-wrap", NULL } },
	{ "mem-not-ram", "host-address is not RAM of the board.", check_mem_not_ram, { "mem-wrap", "mem-align", NULL } },
	{ "overlap-hypervisor", "host-address overlaps the hypervisor's own memory.", check_overlap_hypervisor, { "mem-not-ram", NULL } },
	{ "overlap-cell", "host-address overlaps memory of another cell.", check_overlap_cell, { "mem-not-ram", NULL } },
	{ "mem-small-pages",
	  "Guest and host address differ below 2 MiB, so the range needs small pages: more memory, slower.",
	  check_small_pages,
	  { "mem-not-ram", NULL } },

	{ "device-unknown", "The board has no device of this path or alias.", check_device_unknown, { NULL } },
	{ "device-disabled", "The device is disabled in the board's device tree.", check_device_disabled, { "device-unknown", NULL } },
	{ "device-root-console", "The root's console cannot be given away.", check_device_root_console, { "device-unknown", NULL } },
	{ "device-owned", "The device is named twice, or belongs to another cell.", check_device_owned, { "device-unknown", NULL } },
	{ "device-reg-count",
	  "reg of a device moves all its register ranges, sizes unchanged.",
	  check_device_reg_count,
	  { "device-unknown", NULL } },
	{ "device-page-shared",
	  "Registers that do not fill whole pages are trapped and forwarded: every access costs an exit.",
	  check_device_page_shared,
	  { "device-reg-count", NULL } },
	{ "dma-value", "dma is \"none\", \"iommu\" or \"unprotected\".", check_dma_value, { NULL } },
	{ "dma-no-iommu", "No IOMMU is driven in this version.", check_dma_iommu, { "device-unknown", NULL } },
	{ "dma-unprotected",
	  "A device that can do DMA reaches all of the machine's memory without an IOMMU.",
	  check_dma_unprotected,
	  { "device-unknown", "dma-no-iommu", NULL } },
	{ "reg-size", "Registers must be there, and end inside the address space.", check_reg_size, { NULL } },
	{ "reg-offset", "Guest and host address of registers must agree below 4 KiB.", check_reg_offset, { "reg-size", NULL } },
	{ "reg-is-ram", "registers@ cannot map RAM.", check_reg_is_ram, { "reg-size", NULL } },
	{ "overlap-controller",
	  "The interrupt controller's registers are the hypervisor's.",
	  check_overlap_controller,
	  { "reg-size", NULL } },
	{ "width-value",
	  "io-width is a list of 1, 2, 4, 8, and needs registers smaller than a page.",
	  check_width_value,
	  { "reg-size", NULL } },
	{ "mask-offset", "write-mask names 4-byte registers inside the range.", check_mask_offset, { "reg-size", NULL } },
	{ "mem-overlap", "Two guest-physical ranges of the cell overlap.", check_mem_overlap, { "mem-wrap", "device-reg-count", NULL } },
	{ "comm-overlap", "The comm page needs a page of its own.", check_comm_overlap, { "mem-overlap", NULL } },
	{ "irq-unknown", "Not an interrupt of the board's interrupt controller.", check_irq_unknown, { NULL } },
	{ "irq-private",
	  "Private interrupts (PPI) exist on each CPU and cannot be given away.",
	  check_irq_private,
	  { "irq-unknown", NULL } },
	{ "irq-owned", "The interrupt belongs to another cell, or is named twice.", check_irq_owned, { "irq-unknown", NULL } },
	{ "irq-shared", "A device that is not the cell's uses the same interrupt.", check_irq_shared, { "irq-unknown", NULL } },
	{ "port-range", "There are 65536 I/O ports.", check_port_range, { NULL } },
	{ "port-owned",
	  "The ports belong to another cell or to the machine, are the root's console, or are named twice.",
	  check_port_owned,
	  { "port-range", NULL } },

	{ "channel-syntax", "Channel names are [a-z0-9][a-z0-9-]{0,30}.", check_channel_syntax, { NULL } },
	{ "channel-duplicate", "The cell has two windows of one channel.", check_channel_duplicate, { "channel-syntax", NULL } },
	{ "window-zero", "A shared window is not at guest address 0.", check_window_zero, { "mem-size", NULL } },
	{ "peer-value", "peers are one to three: other cells, and root; each once.", check_peer_value, { "name-syntax", NULL } },
	{ "access-value", "access is \"read-write\" or \"read-only\".", check_access_value, { NULL } },
	{ "doorbell-count", "A window has 16 doorbells at most.", check_doorbell_count, { NULL } },
	{ "doorbell-irqs-exhausted",
	  "A window with doorbells needs an interrupt of the board that nothing uses.",
	  check_doorbell_irqs,
	  { "doorbell-count", NULL } },
	{ "peer-missing",
	  "No cell of a peer's name exists, and no file beside this one describes it.",
	  check_peer_missing,
	  { "peer-value", NULL } },
	{ "peer-one-sided",
	  "A peer's file, which lies beside this one, does not name this cell as a peer of the channel.",
	  check_peer_one_sided,
	  { "channel-duplicate", "peer-value", NULL } },
	{ "channel-size",
	  "A window has one size, the same for all its members.",
	  check_channel_size,
	  { "peer-one-sided", "mem-size", NULL } },
	{ "channel-doorbells",
	  "A window has one number of doorbells, the same for all its members.",
	  check_channel_doorbells,
	  { "peer-one-sided", NULL } },
	{ "channel-members",
	  "All members of a window name the same members: each the others, as its peers.",
	  check_channel_members,
	  { "peer-one-sided", NULL } },
	{ "feature-unavailable",
	  "The language has it, this version of Bulkhead does not.",
	  check_feature,
	  { "channel-syntax", "mask-offset", "watchdog-range" } },
	{ "stdout-unknown", "stdout-path must name a device of the cell that is a UART.", check_stdout, { "device-unknown", NULL } },
	{ "file-missing", "A file cannot be read.", check_files, { NULL } },
	{ "file-too-big",
	  "What the cell loads does not fit its memory.",
	  check_file_size,
	  { "file-missing", "mem-align", "mem-beyond-ipa" } },
	{ "file-format",
	  "A file is damaged, compressed, or made for another machine.",
	  check_file_size,
	  { "file-missing", "mem-align", "mem-beyond-ipa" } },
	{ "file-outside",
	  "Part of an ELF file lies outside the cell's memory.",
	  check_file_size,
	  { "file-missing", "mem-align", "mem-beyond-ipa" } },
	{ "entry-outside",
	  "entry is for raw images and must lie in the cell's memory.",
	  check_entry,
	  { "file-missing", "mem-align", "mem-beyond-ipa" } },
};

void check_fail(const struct check *check, const struct check_context *c, int node, const char *property, const char *fmt, ...)
{
	struct position at = property ? tree_property_at(&c->cell->tree, node, property) : tree_node_at(&c->cell->tree, node);
	va_list args;

	va_start(args, fmt);
	message_list(SEVERITY_ERROR, &at, check->id, fmt, args);
	va_end(args);
}

void check_warn(const struct check *check, const struct check_context *c, int node, const char *property, const char *fmt, ...)
{
	struct position at = property ? tree_property_at(&c->cell->tree, node, property) : tree_node_at(&c->cell->tree, node);
	va_list args;

	va_start(args, fmt);
	message_list(SEVERITY_WARNING, &at, check->id, fmt, args);
	va_end(args);
}

const char *range_text(struct range r)
{
	return mem_format("0x%llx, %s", (unsigned long long)r.start, size_text(r.size));
}

static u32 check_index(const char *id)
{
	u32 i = 0;

	while (i < ARRAY_SIZE(table) && strcmp(table[i].id, id))
		i++;
	return i;
}

/* Prerequisites stand earlier in the table, so one pass in order is enough. */
static bool may_run(const struct check *check, const bool *failed)
{
	for (u32 i = 0; i < ARRAY_SIZE(check->needs) && check->needs[i]; i++)
		if (failed[check_index(check->needs[i])])
			return false;
	return true;
}

u32 checks_run(const struct check_context *context)
{
	struct check_context with_peers = *context;
	bool failed[ARRAY_SIZE(table)] = { false };
	u32 first = message_errors();

	peers_read(&with_peers);
	for (u32 i = 0; i < ARRAY_SIZE(table); i++) {
		u32 before = message_errors();

		if (!table[i].run)
			continue;
		if (may_run(&table[i], failed))
			table[i].run(&table[i], &with_peers);
		else
			failed[i] = true;
		failed[i] |= message_errors() != before;
	}
	return message_errors() - first;
}

const char *checks_help(const char *id)
{
	u32 i = check_index(id);

	return i < ARRAY_SIZE(table) ? table[i].help : NULL;
}

const char *checks_id(u32 index)
{
	return index < ARRAY_SIZE(table) ? table[index].id : "";
}
