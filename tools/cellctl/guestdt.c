// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the device tree of a Linux cell: its CPUs numbered from 0, its memory and shared windows, its part of the interrupt
 * controller, and the devices it was given with the fixed clocks they use. Nothing else of the board. CPUs and controller: board_ARCH.c.
 */
#include "guestdt.h"

#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include "layout.h"

void guest_begin(struct guest_writer *w, const char *name)
{
	if (!w->err)
		w->err = fdt_begin_node(w->fdt, name);
}

void guest_end(struct guest_writer *w)
{
	if (!w->err)
		w->err = fdt_end_node(w->fdt);
}

void guest_put(struct guest_writer *w, const char *name, const void *data, int length)
{
	if (!w->err)
		w->err = fdt_property(w->fdt, name, data, length);
}

void guest_put_string(struct guest_writer *w, const char *name, const char *value)
{
	guest_put(w, name, value, (int)strlen(value) + 1);
}

void guest_put_u32(struct guest_writer *w, const char *name, u32 value)
{
	if (!w->err)
		w->err = fdt_property_u32(w->fdt, name, value);
}

void guest_put_cells(struct guest_writer *w, const char *name, const u32 *cells, u32 count)
{
	fdt32_t *out = mem_alloc(count * sizeof(*out));

	for (u32 i = 0; i < count; i++)
		out[i] = cpu_to_fdt32(cells[i]);
	guest_put(w, name, out, (int)(4 * count));
}

void guest_put_ranges(struct guest_writer *w, const char *name, const struct range *r, u32 count)
{
	fdt64_t cells[2 * DEVICE_MAX_REGS];

	for (u32 i = 0; i < count; i++) {
		cells[2 * i] = cpu_to_fdt64(r[i].start);
		cells[2 * i + 1] = cpu_to_fdt64(r[i].size);
	}
	guest_put(w, name, cells, (int)(count * 16));
}

void guest_put_copy(struct guest_writer *w, int node, const char *name)
{
	int length;
	const void *p = tree_property(w->board, node, name, &length);

	if (p)
		guest_put(w, name, p, length);
}

int guest_cpu_node(const struct guest_writer *w, u32 vcpu)
{
	const struct cell *cell = w->cell;
	const struct board *board = cell->board;

	/* Which CPU a cell with cpu-count gets is not known yet; boards with unlike CPUs name them. */
	return board->cpus[cell->cpus_any || cell->cpus[vcpu] >= board->cpu_count ? board->cpu_count - 1 : cell->cpus[vcpu]].node;
}

static void write_memory(struct guest_writer *w)
{
	for (u32 i = 0; i < w->cell->memory_count; i++) {
		const struct cell_memory *m = &w->cell->memory[i];

		if (m->read_only) /* Linux would write to it */
			continue;
		guest_begin(w, mem_format("memory@%llx", (unsigned long long)m->range.start));
		guest_put_string(w, "device_type", "memory");
		guest_put_ranges(w, "reg", &m->range, 1);
		guest_end(w);
	}
}

/* Our phandle of a board's fixed clock; 0: not one, or too many. */
static u32 clock_phandle(struct guest_writer *w, u32 board_phandle)
{
	int node = tree_by_phandle(w->board, board_phandle);

	if (node < 0 || !tree_compatible(w->board, node, "fixed-clock"))
		return 0;
	for (u32 i = 0; i < w->clock_count; i++)
		if (w->clocks[i] == node)
			return PHANDLE_CLOCK + i;
	if (w->clock_count == MAX_CLOCKS)
		return 0;
	w->clocks[w->clock_count] = node;
	return PHANDLE_CLOCK + w->clock_count++;
}

/* clocks and clock-names, if all of them are fixed clocks: then no clock controller is needed. */
static void write_device_clocks(struct guest_writer *w, int node)
{
	fdt32_t out[MAX_CLOCKS];
	int length;
	const u8 *p = tree_property(w->board, node, "clocks", &length);
	u32 count = (u32)length / 4;

	if (!p || count > MAX_CLOCKS)
		return;
	for (u32 i = 0; i < count; i++) {
		u32 phandle = clock_phandle(w, (u32)tree_number(p + 4 * i, 1));

		if (!phandle)
			return;
		out[i] = cpu_to_fdt32(phandle);
	}
	guest_put(w, "clocks", out, (int)(4 * count));
	guest_put_copy(w, node, "clock-names");
}

static void write_clocks(struct guest_writer *w)
{
	for (u32 i = 0; i < w->clock_count; i++) {
		guest_begin(w, mem_format("clock-%u", i));
		guest_put_string(w, "compatible", "fixed-clock");
		guest_put_u32(w, "#clock-cells", 0);
		guest_put_copy(w, w->clocks[i], "clock-frequency");
		guest_put_copy(w, w->clocks[i], "clock-output-names");
		guest_put_u32(w, "phandle", PHANDLE_CLOCK + i);
		guest_end(w);
	}
}

static const char *device_path(const struct cell *cell, const struct cell_device *d)
{
	const char *name = fdt_get_name(cell->board->tree.fdt, d->board_node, NULL);
	int base = (int)strcspn(name, "@");

	return d->reg_count ? mem_format("%.*s@%llx", base, name, (unsigned long long)d->guest[0].start) : mem_format("%.*s", base, name);
}

/* At the controller, by their number. */
static void write_irqs(struct guest_writer *w, const u32 *cells, u32 count)
{
	const struct board_arch *arch = w->cell->board->arch;

	if (count && arch->no_root_parent)
		guest_put_u32(w, "interrupt-parent", PHANDLE_CONTROLLER);
	if (count)
		guest_put_cells(w, "interrupts", cells, arch->irq_cells * count);
}

static void write_device(struct guest_writer *w, const struct cell_device *d)
{
	/* Values without phandles only: what they would point to is not in the guest's tree. dmas are left out on purpose. */
	static const char *const plain[] = { "compatible",      "reg-names",     "reg-shift",       "reg-io-width",
					     "interrupt-names", "current-speed", "clock-frequency", "arm,primecell-periphid",
					     "fifo-size",       "bank-width",    "uart-has-rtscts", "#gpio-cells",
					     "gpio-controller", "ngpios",        "snps,nr-gpios",   "big-endian",
					     "little-endian" };
	const struct board_arch *arch = w->cell->board->arch;
	u32 irqs[IRQ_MAX_CELLS * DEVICE_MAX_IRQS];
	u32 irq_count = 0;

	guest_begin(w, device_path(w->cell, d));
	for (u32 i = 0; i < ARRAY_SIZE(plain); i++)
		guest_put_copy(w, d->board_node, plain[i]);
	if (d->reg_count)
		guest_put_ranges(w, "reg", d->guest, d->reg_count);
	for (u32 i = 0; i < w->cell->irq_count; i++) {
		const struct cell_irq *irq = &w->cell->irqs[i];

		if (irq->node != d->node || !irq->from_device || !irq->valid || irq_count == DEVICE_MAX_IRQS)
			continue;
		arch->encode_irq(&irq->irq, irqs + arch->irq_cells * irq_count++);
	}
	write_irqs(w, irqs, irq_count);
	write_device_clocks(w, d->board_node);
	guest_end(w);
}

/* Not memory: what lies in a window is not the kernel's to use, and its first page is read-only. */
static void write_window(struct guest_writer *w, const struct cell_window *window)
{
	u32 cells[IRQ_MAX_CELLS], count = 0;

	guest_begin(w, mem_format("window@%llx", (unsigned long long)window->range.start));
	guest_put_string(w, "compatible", WINDOW_COMPATIBLE);
	guest_put_ranges(w, "reg", &window->range, 1);
	guest_put_string(w, "bulkhead,channel", window->channel);
	if (window->read_only)
		guest_put(w, "read-only", "", 0);
	for (u32 i = 0; i < w->cell->irq_count && !count; i++) {
		if (w->cell->irqs[i].node != window->node)
			continue;
		w->cell->board->arch->encode_irq(&w->cell->irqs[i].irq, cells);
		count = 1;
	}
	write_irqs(w, cells, count);
	guest_end(w);
}

/* A cell whose only way to speak is its console ring gets a kernel that writes there, unless its file says otherwise. */
static const char *bootargs(const struct cell *cell)
{
	const char *args = cell->bootargs ? cell->bootargs : "", *console = cell->board->arch->guest_console;

	if (!console || !(cell->flags & BLOB_CELL_CONSOLE) || cell_uart(cell) || strstr(args, "console="))
		return args;
	return mem_format("%s%s%s", args, *args ? " " : "", console);
}

static void write_chosen(struct guest_writer *w, struct range initrd)
{
	const struct cell_device *uart = cell_uart(w->cell);
	const char *options = w->cell->stdout_path ? strchr(w->cell->stdout_path, ':') : NULL;

	guest_begin(w, "chosen");
	guest_put_string(w, "bootargs", bootargs(w->cell));
	if (uart)
		guest_put_string(w, "stdout-path", mem_format("/%s%s", device_path(w->cell, uart), options ? options : ""));
	if (initrd.size && !w->err)
		w->err = fdt_property_u64(w->fdt, "linux,initrd-start", initrd.start);
	if (initrd.size && !w->err)
		w->err = fdt_property_u64(w->fdt, "linux,initrd-end", initrd.start + initrd.size);
	guest_end(w);
}

struct bytes guest_tree(const struct cell *cell, struct range initrd)
{
	struct guest_writer w = { .cell = cell, .board = &cell->board->tree, .fdt = mem_alloc(GUEST_TREE_SIZE) };

	w.err = fdt_create(w.fdt, GUEST_TREE_SIZE);
	if (!w.err)
		w.err = fdt_finish_reservemap(w.fdt);
	guest_begin(&w, "");
	guest_put_u32(&w, "#address-cells", 2);
	guest_put_u32(&w, "#size-cells", 2);
	guest_put_string(&w, "compatible", "bulkhead,cell");
	guest_put_string(&w, "model", mem_format("Bulkhead cell '%s'", cell->name));
	if (!cell->board->arch->no_root_parent)
		guest_put_u32(&w, "interrupt-parent", PHANDLE_CONTROLLER);
	if (tree_has(w.board, 0, "dma-coherent"))
		guest_put(&w, "dma-coherent", "", 0);
	write_chosen(&w, initrd);
	write_memory(&w);
	cell->board->arch->guest_cpus(&w);
	cell->board->arch->guest_controller(&w);
	for (u32 i = 0; i < cell->device_count; i++)
		if (cell->devices[i].board_node >= 0)
			write_device(&w, &cell->devices[i]);
	for (u32 i = 0; i < cell->window_count; i++)
		write_window(&w, &cell->windows[i]);
	write_clocks(&w);
	guest_end(&w);
	if (!w.err)
		w.err = fdt_finish(w.fdt);
	return w.err ? (struct bytes){ 0 } : (struct bytes){ .data = w.fdt, .size = fdt_totalsize(w.fdt) };
}
