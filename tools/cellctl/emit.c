// SPDX-License-Identifier: GPL-2.0-only
/* The model as records, verified with the hypervisor's own verifier before anybody else sees them. */
#include "model.h"

#include <string.h>

#include "blobfile.h"

struct records {
	struct blob_cell_cpu cpu[BULKHEAD_MAX_CPUS];
	struct blob_cell_memory memory[CELL_MAX_MEMORY];
	struct blob_cell_mmio mmio[PLAN_MAX_MMIO + 1]; /* one too many is refused, not lost */
	struct blob_cell_irq irq[PLAN_MAX_IRQS];
	struct blob_cell_pio pio[PLAN_MAX_PIO];
	struct blob_cell_window window[WINDOW_CELL_MAX];
	u32 cpu_count, memory_count, mmio_count, irq_count, pio_count, window_count;
};

/* The record, for what is special about it; NULL: one too many, or nothing. */
static struct blob_cell_mmio *add_mmio(struct records *r, u64 gpa, u64 host, u64 size, const struct cell_registers *registers)
{
	if (!size || r->mmio_count > PLAN_MAX_MMIO)
		return NULL;
	r->mmio[r->mmio_count] = (struct blob_cell_mmio){ .gpa = gpa,
							  .size = size,
							  .host = host,
							  .flags = registers && registers->read_only ? BLOB_MMIO_READ_ONLY : 0,
							  .widths = registers ? registers->widths : 0xf,
							  .stream_id = BLOB_STREAM_NONE };
	return &r->mmio[r->mmio_count++];
}

/* Whole pages are mapped; what is left before and after is trapped, at most a page at a time. */
static void add_range(struct records *r, struct range guest, u64 host, const struct cell_registers *registers)
{
	while (guest.size) {
		u64 to_page = page_round_up(guest.start + 1) - guest.start;
		u64 part = guest.size & ~(PAGE_SIZE - 1);

		if (guest.start & (PAGE_SIZE - 1))
			part = guest.size < to_page ? guest.size : to_page;
		else if (!part)
			part = guest.size;
		add_mmio(r, guest.start, host, part, registers);
		guest = range_make(guest.start + part, guest.size - part);
		host += part;
	}
}

/* Where the first register with a write-mask is that is not before `from`; the size if there is none. */
static u64 next_masked(const struct cell *cell, const struct cell_registers *registers, u64 from, u32 *keep)
{
	u64 first = registers->range.size;
	int length;

	tree_property(&cell->tree, registers->node, "write-mask", &length);
	for (u32 i = 0; i < (u32)length / 8; i++) {
		u32 offset = tree_u32(&cell->tree, registers->node, "write-mask", 2 * i, 0);

		if (offset < from || offset >= first)
			continue;
		first = offset;
		*keep = ~tree_u32(&cell->tree, registers->node, "write-mask", 2 * i + 1, 0);
	}
	return first;
}

/* A register with a write-mask is a record of its own, and traps. */
static void add_registers(struct records *r, const struct cell *cell, const struct cell_registers *registers)
{
	u64 gpa = registers->range.start, size = registers->range.size, at = 0;

	while (at < size) {
		u32 keep = 0;
		u64 masked = next_masked(cell, registers, at, &keep);
		struct blob_cell_mmio *record;

		if (masked > at)
			add_range(r, range_make(gpa + at, masked - at), registers->host + at, registers);
		at = masked + 4;
		record = masked < size ? add_mmio(r, gpa + masked, registers->host + masked, 4, registers) : NULL;
		if (record) {
			record->widths = 4;
			record->keep = keep;
		}
	}
}

static void fill(const struct cell *cell, struct records *r)
{
	for (u32 i = 0; i < cell->cpu_count && i < BULKHEAD_MAX_CPUS; i++)
		r->cpu[r->cpu_count++].cpu = cell->cpus_any ? BLOB_CPU_ANY : cell->cpus[i];
	for (u32 i = 0; i < cell->memory_count; i++) {
		const struct cell_memory *m = &cell->memory[i];

		r->memory[r->memory_count++] = (struct blob_cell_memory){ .gpa = m->range.start,
									  .size = m->range.size,
									  .host = m->host,
									  .flags = BLOB_MEM_READ | (m->read_only ? 0 : BLOB_MEM_WRITE) |
										   (m->no_execute ? 0 : BLOB_MEM_EXEC) };
	}
	for (u32 i = 0; i < cell->device_count; i++)
		for (u32 j = 0; j < cell->devices[i].reg_count; j++)
			add_range(r, cell->devices[i].guest[j], cell->devices[i].host[j].start, NULL);
	for (u32 i = 0; i < cell->registers_count; i++)
		add_registers(r, cell, &cell->registers[i]);
	for (u32 i = 0; i < cell->irq_count; i++)
		r->irq[r->irq_count++] = (struct blob_cell_irq){ .irq = cell->irqs[i].irq.intid, .flags = cell->irqs[i].irq.flags };
	for (u32 i = 0; i < cell->port_count; i++)
		r->pio[r->pio_count++] =
			(struct blob_cell_pio){ .base = (u32)cell->ports[i].range.start, .count = (u32)cell->ports[i].range.size };
	for (u32 i = 0; i < cell->window_count; i++)
		r->window[r->window_count++] = (struct blob_cell_window){ .gpa = cell->windows[i].range.start,
									  .flags = cell->windows[i].read_only ? BLOB_WINDOW_READ_ONLY : 0,
									  .irq = cell->windows[i].irq,
									  .window = window_record(cell, &cell->windows[i]) };
}

static struct blob_cell config(const struct cell *cell)
{
	const struct cell_device *uart = cell_uart(cell);
	struct blob_cell c = { .flags = cell->flags,
			       .irq_mode = cell->irq_mode,
			       .comm_gpa = cell->comm_gpa,
			       .watchdog_ms = cell->watchdog_ms,
			       .restart_limit = cell->restart_limit,
			       .restart = (u8)cell->restart };

	if (!uart)
		return c;
	c.uart_gpa = uart->reg_count ? uart->guest[0].start : uart->ports[0].start;
	c.uart_type = board_uart_type(cell->board, uart->board_node);
	for (u32 i = 0; i < cell->irq_count && !c.uart_intid; i++)
		if (cell->irqs[i].node == uart->node && cell->irqs[i].from_device)
			c.uart_intid = cell->irqs[i].irq.intid;
	return c;
}

/* Where in the file the record came from that the verifier names. */
static struct position record_position(const struct cell *cell, const struct blob_error *error)
{
	if (error->section == BLOB_CELL_MEMORY && error->record < cell->memory_count)
		return tree_node_at(&cell->tree, cell->memory[error->record].node);
	if (error->section == BLOB_CELL_IRQ && error->record < cell->irq_count)
		return tree_node_at(&cell->tree, cell->irqs[error->record].node);
	if (error->section == BLOB_CELL_PIO && error->record < cell->port_count)
		return tree_node_at(&cell->tree, cell->ports[error->record].node);
	if (error->section == BLOB_CELL_WINDOW && error->record < cell->window_count)
		return tree_node_at(&cell->tree, cell->windows[error->record].node);
	return tree_node_at(&cell->tree, 0);
}

static struct records *records_of(const struct cell *cell)
{
	struct records *r = mem_alloc(sizeof(*r));

	fill(cell, r);
	return r;
}

struct bytes cell_blob(const struct cell *cell)
{
	const struct records *r = records_of(cell);
	struct blob_cell c = config(cell);
	const struct section sections[] = {
		{ BLOB_CELL_CONFIG, sizeof(c), 1, &c },
		{ BLOB_CELL_CPU, sizeof(*r->cpu), r->cpu_count, r->cpu },
		{ BLOB_CELL_MEMORY, sizeof(*r->memory), r->memory_count, r->memory },
		{ BLOB_CELL_MMIO, sizeof(*r->mmio), r->mmio_count, r->mmio },
		{ BLOB_CELL_IRQ, sizeof(*r->irq), r->irq_count, r->irq },
		{ BLOB_CELL_PIO, sizeof(*r->pio), r->pio_count, r->pio },
		{ BLOB_CELL_WINDOW, sizeof(*r->window), r->window_count, r->window },
	};
	struct bytes blob = blob_write(BLOB_CELL, cell->board->arch->number, cell->name, sections, ARRAY_SIZE(sections));
	struct cell_plan plan;
	struct blob_error error = { 0 };

	if (blob_verify_cell(blob.data, blob.size, cell->board->arch->number, &plan, &error)) {
		struct position at = record_position(cell, &error);

		message_error(&at, error.check ? error.check : "blob-refused",
			      "the hypervisor would refuse this cell (section %u, record %u)", error.section, error.record);
		message_fix("see 'cellctl explain %s'", error.check ? error.check : "blob-refused");
		blob = (struct bytes){ 0 };
	}
	return blob;
}
