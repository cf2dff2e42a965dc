// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the device tree of a Linux cell: its CPUs numbered from 0, its memory, the interrupt controller with a redistributor
 * for each of its CPUs, timer, PSCI, and the devices it was given with the fixed clocks they use. Nothing else of the board.
 */
#include "layout.h"

#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#define PHANDLE_GIC 1
#define PHANDLE_CLOCK 2 /* the first; one for each clock node used */
#define MAX_CLOCKS 16
#define GICR_FRAME 0x20000

struct writer {
	const struct cell *cell;
	const struct tree *board;
	void *fdt;
	int err;                /* first error; all later calls do nothing */
	int clocks[MAX_CLOCKS]; /* board nodes */
	u32 clock_count;
};

static void begin(struct writer *w, const char *name)
{
	if (!w->err)
		w->err = fdt_begin_node(w->fdt, name);
}

static void end(struct writer *w)
{
	if (!w->err)
		w->err = fdt_end_node(w->fdt);
}

static void put(struct writer *w, const char *name, const void *data, int length)
{
	if (!w->err)
		w->err = fdt_property(w->fdt, name, data, length);
}

static void put_string(struct writer *w, const char *name, const char *value)
{
	put(w, name, value, (int)strlen(value) + 1);
}

static void put_u32(struct writer *w, const char *name, u32 value)
{
	if (!w->err)
		w->err = fdt_property_u32(w->fdt, name, value);
}

static void put_ranges(struct writer *w, const char *name, const struct range *r, u32 count)
{
	fdt64_t cells[2 * DEVICE_MAX_REGS];

	for (u32 i = 0; i < count; i++) {
		cells[2 * i] = cpu_to_fdt64(r[i].start);
		cells[2 * i + 1] = cpu_to_fdt64(r[i].size);
	}
	put(w, name, cells, (int)(count * 16));
}

static void put_copy(struct writer *w, int node, const char *name)
{
	int length;
	const void *p = tree_property(w->board, node, name, &length);

	if (p)
		put(w, name, p, length);
}

static void write_cpus(struct writer *w)
{
	const struct cell *cell = w->cell;

	begin(w, "cpus");
	put_u32(w, "#address-cells", 1);
	put_u32(w, "#size-cells", 0);
	for (u32 i = 0; i < cell->cpu_count; i++) {
		/* Which CPU a cell with cpu-count gets is not known yet; boards with unlike CPUs name them. */
		u32 board_cpu = cell->cpus_any || cell->cpus[i] >= cell->board->cpu_count ? cell->board->cpu_count - 1 : cell->cpus[i];
		u32 reg = (i & 15) | i >> 4 << 8;

		begin(w, mem_format("cpu@%x", reg));
		put_string(w, "device_type", "cpu");
		put_copy(w, cell->board->cpus[board_cpu].node, "compatible");
		put_u32(w, "reg", reg);
		put_string(w, "enable-method", "psci");
		end(w);
	}
	end(w);
	begin(w, "psci");
	put(w, "compatible", "arm,psci-1.0\0arm,psci-0.2", sizeof("arm,psci-1.0\0arm,psci-0.2"));
	put_string(w, "method", "hvc");
	end(w);
}

static void write_memory(struct writer *w)
{
	for (u32 i = 0; i < w->cell->memory_count; i++) {
		const struct cell_memory *m = &w->cell->memory[i];

		if (m->read_only) /* Linux would write to it */
			continue;
		begin(w, mem_format("memory@%llx", (unsigned long long)m->range.start));
		put_string(w, "device_type", "memory");
		put_ranges(w, "reg", &m->range, 1);
		end(w);
	}
}

static void write_gic(struct writer *w)
{
	const struct board *b = w->cell->board;
	const struct range regs[2] = { b->gicd, range_make(b->gicr[0].start, (u64)GICR_FRAME * w->cell->cpu_count) };
	fdt32_t maintenance[3] = { cpu_to_fdt32(1), cpu_to_fdt32(b->maintenance_intid - 16), cpu_to_fdt32(4) };

	begin(w, mem_format("interrupt-controller@%llx", (unsigned long long)b->gicd.start));
	put_string(w, "compatible", "arm,gic-v3");
	put_u32(w, "#interrupt-cells", 3);
	put(w, "interrupt-controller", "", 0);
	put_ranges(w, "reg", regs, 2);
	put(w, "interrupts", maintenance, sizeof(maintenance));
	put_u32(w, "phandle", PHANDLE_GIC);
	end(w);
	begin(w, "timer");
	put_copy(w, b->timer_node, "compatible");
	put_copy(w, b->timer_node, "interrupts");
	put_copy(w, b->timer_node, "always-on");
	put_copy(w, b->timer_node, "arm,no-tick-in-suspend");
	end(w);
}

/* Our phandle of a board's fixed clock; 0: not one, or too many. */
static u32 clock_phandle(struct writer *w, u32 board_phandle)
{
	int node = fdt_node_offset_by_phandle(w->board->fdt, board_phandle);

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
static void write_device_clocks(struct writer *w, int node)
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
	put(w, "clocks", out, (int)(4 * count));
	put_copy(w, node, "clock-names");
}

static void write_clocks(struct writer *w)
{
	for (u32 i = 0; i < w->clock_count; i++) {
		begin(w, mem_format("clock-%u", i));
		put_string(w, "compatible", "fixed-clock");
		put_u32(w, "#clock-cells", 0);
		put_copy(w, w->clocks[i], "clock-frequency");
		put_copy(w, w->clocks[i], "clock-output-names");
		put_u32(w, "phandle", PHANDLE_CLOCK + i);
		end(w);
	}
}

static const char *device_path(const struct cell *cell, const struct cell_device *d)
{
	const char *name = fdt_get_name(cell->board->tree.fdt, d->board_node, NULL);
	int base = (int)strcspn(name, "@");

	return d->reg_count ? mem_format("%.*s@%llx", base, name, (unsigned long long)d->guest[0].start) : mem_format("%.*s", base, name);
}

static void write_device(struct writer *w, const struct cell_device *d)
{
	/* Values without phandles only: what they would point to is not in the guest's tree. dmas are left out on purpose. */
	static const char *const plain[] = { "compatible",      "reg-names",     "reg-shift",       "reg-io-width",
					     "interrupt-names", "current-speed", "clock-frequency", "arm,primecell-periphid",
					     "fifo-size",       "bank-width",    "uart-has-rtscts", "#gpio-cells",
					     "gpio-controller", "ngpios",        "snps,nr-gpios",   "big-endian",
					     "little-endian" };
	fdt32_t irqs[3 * DEVICE_MAX_IRQS];
	u32 irq_count = 0;

	begin(w, device_path(w->cell, d));
	for (u32 i = 0; i < ARRAY_SIZE(plain); i++)
		put_copy(w, d->board_node, plain[i]);
	if (d->reg_count)
		put_ranges(w, "reg", d->guest, d->reg_count);
	for (u32 i = 0; i < w->cell->irq_count; i++) {
		const struct cell_irq *irq = &w->cell->irqs[i];

		if (irq->node != d->node || !irq->from_device || !irq->valid || irq_count == DEVICE_MAX_IRQS)
			continue;
		irqs[3 * irq_count] = cpu_to_fdt32(irq->irq.is_private ? 1 : 0);
		irqs[3 * irq_count + 1] = cpu_to_fdt32(irq->irq.intid - (irq->irq.is_private ? 16 : 32));
		irqs[3 * irq_count + 2] = cpu_to_fdt32(irq->irq.flags & BLOB_IRQ_EDGE ? 1 : 4);
		irq_count++;
	}
	if (irq_count)
		put(w, "interrupts", irqs, (int)(12 * irq_count));
	write_device_clocks(w, d->board_node);
	end(w);
}

static void write_chosen(struct writer *w, struct range initrd)
{
	const struct cell_device *uart = cell_uart(w->cell);
	const char *options = w->cell->stdout_path ? strchr(w->cell->stdout_path, ':') : NULL;

	begin(w, "chosen");
	put_string(w, "bootargs", w->cell->bootargs ? w->cell->bootargs : "");
	if (uart)
		put_string(w, "stdout-path", mem_format("/%s%s", device_path(w->cell, uart), options ? options : ""));
	if (initrd.size && !w->err)
		w->err = fdt_property_u64(w->fdt, "linux,initrd-start", initrd.start);
	if (initrd.size && !w->err)
		w->err = fdt_property_u64(w->fdt, "linux,initrd-end", initrd.start + initrd.size);
	end(w);
}

struct bytes guest_tree(const struct cell *cell, struct range initrd)
{
	struct writer w = { .cell = cell, .board = &cell->board->tree, .fdt = mem_alloc(GUEST_TREE_SIZE) };

	w.err = fdt_create(w.fdt, GUEST_TREE_SIZE);
	if (!w.err)
		w.err = fdt_finish_reservemap(w.fdt);
	begin(&w, "");
	put_u32(&w, "#address-cells", 2);
	put_u32(&w, "#size-cells", 2);
	put_string(&w, "compatible", "bulkhead,cell");
	put_string(&w, "model", mem_format("Bulkhead cell '%s'", cell->name));
	put_u32(&w, "interrupt-parent", PHANDLE_GIC);
	if (tree_has(w.board, 0, "dma-coherent"))
		put(&w, "dma-coherent", "", 0);
	write_chosen(&w, initrd);
	write_memory(&w);
	write_cpus(&w);
	write_gic(&w);
	for (u32 i = 0; i < cell->device_count; i++)
		if (cell->devices[i].board_node >= 0)
			write_device(&w, &cell->devices[i]);
	write_clocks(&w);
	end(&w);
	if (!w.err)
		w.err = fdt_finish(w.fdt);
	return w.err ? (struct bytes){ 0 } : (struct bytes){ .data = w.fdt, .size = fdt_totalsize(w.fdt) };
}
