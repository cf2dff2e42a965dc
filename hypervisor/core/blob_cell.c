/* SPDX-License-Identifier: GPL-2.0-only */
/* Blobs of cells: the values of each record, then what records say together. Pure, as blob.c. */
#include <bulkhead/blob_parts.h>
#include <bulkhead/string.h>

#define CELL_SECTIONS 7
_Static_assert(CELL_SECTIONS <= BLOB_SECTIONS, "struct blob_found");
static const struct blob_rule cell_rules[CELL_SECTIONS] = {
	{ BLOB_CELL_CONFIG, sizeof(struct blob_cell), 1, 1, 0 },
	{ BLOB_CELL_CPU, sizeof(struct blob_cell_cpu), 1, BULKHEAD_MAX_CPUS, 0 },
	{ BLOB_CELL_MEMORY, sizeof(struct blob_cell_memory), 1, CELL_MAX_MEMORY, 0 },
	{ BLOB_CELL_MMIO, sizeof(struct blob_cell_mmio), 0, PLAN_MAX_MMIO, 0 },
	{ BLOB_CELL_IRQ, sizeof(struct blob_cell_irq), 0, PLAN_MAX_IRQS, 0 },
	{ BLOB_CELL_PIO, sizeof(struct blob_cell_pio), 0, PLAN_MAX_PIO, BULKHEAD_ARCH_X86 },
	{ BLOB_CELL_WINDOW, sizeof(struct blob_cell_window), 0, WINDOW_CELL_MAX, 0 },
};

static const char *config_check(const struct blob_cell *c, u16 arch)
{
	if ((c->flags & ~(u32)(BLOB_CELL_CONSOLE | BLOB_CELL_CRITICAL)) != 0)
		return "blob-flags";
	if (c->reserved16 != 0 || c->reserved != 0)
		return "blob-reserved";
	if (c->irq_mode > BLOB_IRQ_LIST_REGISTER)
		return "irq-mode-unavailable";
	if (c->restart > BLOB_RESTART_ALWAYS)
		return "restart-value";
	if (c->restart_by != 0)
		return "restart-by-unavailable";
	if (!blob_uart_ok(c->uart_type, c->uart_gpa, arch) || (c->uart_type == BLOB_UART_NONE && c->uart_intid != 0))
		return "cell-uart";
	if ((c->comm_gpa & (PAGE_SIZE - 1)) != 0 || !blob_range_below(range_make(c->comm_gpa, PAGE_SIZE), BLOB_ADDRESS_LIMIT))
		return "comm-address";
	return NULL;
}

static const char *memory_check(const struct blob_cell_memory *m)
{
	if (m->size == 0)
		return "mem-size";
	if (!range_page_aligned(range_make(m->gpa, m->size)) || (m->host != BLOB_ANY && (m->host & (PAGE_SIZE - 1)) != 0))
		return "mem-align";
	if (!range_ok(range_make(m->gpa, m->size)) || (m->host != BLOB_ANY && !range_ok(range_make(m->host, m->size))))
		return "mem-wrap";
	if (!blob_range_below(range_make(m->gpa, m->size), BLOB_ADDRESS_LIMIT))
		return "mem-beyond-ipa";
	if (m->host != BLOB_ANY && !blob_range_below(range_make(m->host, m->size), BLOB_ADDRESS_LIMIT))
		return "mem-not-ram";
	if ((m->flags & ~(u32)(BLOB_MEM_READ | BLOB_MEM_WRITE | BLOB_MEM_EXEC)) != 0)
		return "blob-flags";
	if ((m->flags & BLOB_MEM_READ) == 0)
		return "right-unavailable";
	if (m->reserved != 0)
		return "blob-reserved";
	return NULL;
}

static const char *mmio_check(const struct blob_cell_mmio *m)
{
	struct range gpa = range_make(m->gpa, m->size);

	if (!blob_range_below(gpa, BLOB_ADDRESS_LIMIT) || !blob_range_below(range_make(m->host, m->size), BLOB_ADDRESS_LIMIT))
		return "reg-size";
	if (((m->gpa ^ m->host) & (PAGE_SIZE - 1)) != 0)
		return "reg-offset";
	if (plan_mmio_trapped(m) && page_base(gpa.start) != page_base(range_last(gpa)))
		return "reg-size";
	/* The hardware cannot check the width of an access to a mapped page. */
	if (m->widths == 0 || m->widths > 0xf || (!plan_mmio_trapped(m) && m->widths != 0xf))
		return "width-value";
	if ((m->flags & ~(u32)BLOB_MMIO_READ_ONLY) != 0)
		return "blob-flags";
	return m->keep != 0 && (m->size != 4 || m->widths != 4) ? "mask-offset" : NULL;
}

u32 plan_range_count(const struct cell_plan *p)
{
	return p->memory_count + p->mmio_count + p->window_count + 1;
}

struct range plan_range(const struct cell_plan *p, u32 i, bool host)
{
	if (i < p->memory_count)
		return range_make(host ? p->memory[i].host : p->memory[i].gpa, p->memory[i].size);
	i -= p->memory_count;
	if (i < p->mmio_count)
		return range_make(host ? p->mmio[i].host : p->mmio[i].gpa, p->mmio[i].size);
	i -= p->mmio_count;
	if (i < p->window_count)
		return range_make(p->window[i].gpa, p->window[i].window.size);
	return range_make(p->cell->comm_gpa, PAGE_SIZE);
}

static bool host_given(const struct cell_plan *p, u32 i)
{
	return i < p->memory_count ? p->memory[i].host != BLOB_ANY : i < p->memory_count + p->mmio_count;
}

static int cell_overlap_check(const struct cell_plan *p, struct blob_error *error)
{
	u32 windows = p->memory_count + p->mmio_count, comm = plan_range_count(p) - 1;

	for (u32 i = 1; i <= comm; i++) {
		u32 kind = i >= windows ? BLOB_CELL_WINDOW : i >= p->memory_count ? BLOB_CELL_MMIO : BLOB_CELL_MEMORY;
		u32 record = i >= windows ? i - windows : i >= p->memory_count ? i - p->memory_count : i;

		for (u32 j = 0; j < i; j++) {
			if (range_overlaps(plan_range(p, i, false), plan_range(p, j, false))) {
				if (i == comm)
					return blob_fail(error, "comm-overlap", BLOB_CELL_CONFIG, 0);
				return blob_fail(error, "mem-overlap", kind, record);
			}
			if (host_given(p, i) && host_given(p, j) && range_overlaps(plan_range(p, i, true), plan_range(p, j, true)))
				return blob_fail(error, "host-overlap", kind, record);
		}
	}
	return 0;
}

static int cell_cpus_check(const struct cell_plan *p, struct blob_error *error)
{
	u64 seen = 0;

	for (u32 i = 0; i < p->cpu_count; i++) {
		u32 cpu = p->cpu[i].cpu;

		if (p->cpu[i].reserved != 0)
			return blob_fail(error, "blob-reserved", BLOB_CELL_CPU, i);
		if ((cpu == BLOB_CPU_ANY) != (p->cpu[0].cpu == BLOB_CPU_ANY))
			return blob_fail(error, "cpu-both", BLOB_CELL_CPU, i);
		if (cpu == BLOB_CPU_ANY)
			continue;
		if (cpu >= BULKHEAD_MAX_CPUS)
			return blob_fail(error, "cpu-unknown", BLOB_CELL_CPU, i);
		if ((seen & BIT64(cpu)) != 0)
			return blob_fail(error, "cpu-duplicate", BLOB_CELL_CPU, i);
		seen |= BIT64(cpu);
	}
	return 0;
}

static int cell_irqs_check(const struct cell_plan *p, u16 arch, struct blob_error *error)
{
	struct blob_irqs irqs = blob_irqs(arch);

	for (u32 i = 0; i < p->irq_count; i++) {
		if (p->irq[i].irq < irqs.first)
			return blob_fail(error, "irq-private", BLOB_CELL_IRQ, i);
		if (p->irq[i].irq >= irqs.end)
			return blob_fail(error, "irq-unknown", BLOB_CELL_IRQ, i);
		if ((p->irq[i].flags & ~(u32)BLOB_IRQ_EDGE) != 0)
			return blob_fail(error, "blob-flags", BLOB_CELL_IRQ, i);
		for (u32 j = 0; j < i; j++) {
			if (p->irq[i].irq == p->irq[j].irq)
				return blob_fail(error, "irq-shared", BLOB_CELL_IRQ, i);
		}
	}
	return 0;
}

static int cell_ports_check(const struct cell_plan *p, struct blob_error *error)
{
	for (u32 i = 0; i < p->pio_count; i++) {
		if (p->pio[i].count == 0 || p->pio[i].base > 0xffff || p->pio[i].count > 0x10000 - p->pio[i].base)
			return blob_fail(error, "port-range", BLOB_CELL_PIO, i);
		for (u32 j = 0; j < i; j++) {
			if (range_overlaps(range_make(p->pio[i].base, p->pio[i].count), range_make(p->pio[j].base, p->pio[j].count)))
				return blob_fail(error, "port-owned", BLOB_CELL_PIO, i);
		}
	}
	return 0;
}

/* Each once; the cell itself is one of them. */
static bool members_ok(const struct blob_window *w, const char *self)
{
	static const char empty[BULKHEAD_NAME_SIZE];
	bool found = false;

	for (u32 i = 0; i < WINDOW_MEMBERS; i++) {
		const char *name = w->members[i];
		bool unused = i >= 2 && memcmp(name, empty, sizeof(empty)) == 0;

		if (i > 0 && memcmp(w->members[i - 1], name, BULKHEAD_NAME_SIZE) < (unused ? 0 : 1))
			return false;
		if (!unused && !blob_name_ok(name) && memcmp(name, WINDOW_MEMBER_ROOT, BULKHEAD_NAME_SIZE) != 0)
			return false;
		found |= memcmp(name, self, BULKHEAD_NAME_SIZE) == 0;
	}
	return found;
}

static bool doorbell_irq_ok(const struct cell_plan *p, u32 irq, u16 arch)
{
	if (arch == BULKHEAD_ARCH_X86)
		return irq >> 16 >= 32 && irq >> 16 < 256 && (irq & 0xffff) < p->cpu_count;
	for (u32 i = 0; i < p->irq_count; i++)
		if (p->irq[i].irq == irq)
			return p->irq[i].flags & BLOB_IRQ_EDGE;
	return false;
}

static const char *window_check(const struct cell_plan *p, const struct blob_cell_window *w, u16 arch)
{
	struct blob_cell_memory memory = { .gpa = w->gpa, .size = w->window.size, .host = BLOB_ANY, .flags = BLOB_MEM_READ };
	const char *check = memory_check(&memory);

	if (check != NULL)
		return check;
	if (memory.size == PAGE_SIZE)
		return "mem-size";
	if ((w->flags & ~(u32)BLOB_WINDOW_READ_ONLY) != 0)
		return "blob-flags";
	if (w->window.reserved != 0)
		return "blob-reserved";
	if (!blob_name_ok(w->window.channel))
		return "channel-syntax";
	if (!members_ok(&w->window, p->header->name))
		return "window-members";
	if (w->window.doorbells > WINDOW_DOORBELLS || (w->irq != 0 && !doorbell_irq_ok(p, w->irq, arch)))
		return "window-doorbells";
	return NULL;
}

static int cell_windows_check(const struct cell_plan *p, u16 arch, struct blob_error *error)
{
	if (p->memory_count + 2 * p->window_count > CELL_MAX_MEMORY)
		return blob_fail(error, "blob-count", BLOB_CELL_WINDOW, 0);
	for (u32 i = 0; i < p->window_count; i++) {
		const char *check = window_check(p, &p->window[i], arch);

		for (u32 j = 0; check == NULL && j < i; j++)
			if (memcmp(p->window[i].window.channel, p->window[j].window.channel, BULKHEAD_NAME_SIZE) == 0)
				return blob_fail(error, "channel-duplicate", BLOB_CELL_WINDOW, i);
		if (check != NULL)
			return blob_fail(error, check, BLOB_CELL_WINDOW, i);
	}
	return 0;
}

/* Each record of its own. */
static int cell_records_check(const struct cell_plan *p, u16 arch, struct blob_error *error)
{
	const char *check = config_check(p->cell, arch);
	u32 trapped = 0;

	if (check != NULL)
		return blob_fail(error, check, BLOB_CELL_CONFIG, 0);
	for (u32 i = 0; i < p->memory_count; i++) {
		check = memory_check(&p->memory[i]);
		if (check != NULL)
			return blob_fail(error, check, BLOB_CELL_MEMORY, i);
	}
	for (u32 i = 0; i < p->mmio_count; i++) {
		check = mmio_check(&p->mmio[i]);
		if (check != NULL)
			return blob_fail(error, check, BLOB_CELL_MMIO, i);
		trapped += plan_mmio_trapped(&p->mmio[i]) ? 1 : 0;
		if (trapped > PLAN_MAX_TRAPPED)
			return blob_fail(error, "reg-count", BLOB_CELL_MMIO, i);
	}
	return 0;
}

int blob_verify_cell(const void *blob, u64 size, u16 arch, struct cell_plan *plan, struct blob_error *error)
{
	struct blob_found f = { .count = { 0 } };
	int result = blob_structure(blob, size, BLOB_CELL, arch, cell_rules, CELL_SECTIONS, &f, error);

	if (result != 0)
		return result;
	*plan = (struct cell_plan){
		.header = blob,
		.cell = f.record[0],
		.cpu = f.record[1],
		.cpu_count = f.count[1],
		.memory = f.record[2],
		.memory_count = f.count[2],
		.mmio = f.record[3],
		.mmio_count = f.count[3],
		.irq = f.record[4],
		.irq_count = f.count[4],
		.pio = f.record[5],
		.pio_count = f.count[5],
		.window = f.record[6],
		.window_count = f.count[6],
	};
	result = cell_records_check(plan, arch, error);
	if (result == 0)
		result = cell_cpus_check(plan, error);
	if (result == 0)
		result = cell_irqs_check(plan, arch, error);
	if (result == 0 && arch == BULKHEAD_ARCH_X86)
		result = cell_ports_check(plan, error);
	if (result == 0)
		result = cell_windows_check(plan, arch, error);
	return result != 0 ? result : cell_overlap_check(plan, error);
}
