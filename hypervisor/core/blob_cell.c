/* SPDX-License-Identifier: GPL-2.0-only */
/* Blobs of cells: the values of each record, then what records say together. Pure, as blob.c. */
#include <bulkhead/blob_parts.h>
#include <bulkhead/string.h>

#define CELL_SECTIONS 7
_Static_assert(CELL_SECTIONS <= BLOB_SECTIONS, "struct blob_found");
static const struct blob_rule cell_rules[CELL_SECTIONS] = {
	{ BLOB_CELL_CONFIG, sizeof(struct blob_cell), 1, 1, 0, RULE_NONE },
	{ BLOB_CELL_CPU, sizeof(struct blob_cell_cpu), 1, BULKHEAD_MAX_CPUS, 0, RULE_NONE },
	{ BLOB_CELL_MEMORY, sizeof(struct blob_cell_memory), 1, CELL_MAX_MEMORY, 0, RULE_NONE },
	{ BLOB_CELL_MMIO, sizeof(struct blob_cell_mmio), 0, PLAN_MAX_MMIO, 0, RULE_NONE },
	{ BLOB_CELL_IRQ, sizeof(struct blob_cell_irq), 0, PLAN_MAX_IRQS, 0, RULE_NONE },
	{ BLOB_CELL_PIO, sizeof(struct blob_cell_pio), 0, PLAN_MAX_PIO, BULKHEAD_ARCH_X86, RULE_NONE },
	{ BLOB_CELL_WINDOW, sizeof(struct blob_cell_window), 0, WINDOW_CELL_MAX, 0, RULE_NONE },
};

static enum blob_check config_check(const struct blob_cell *c, u16 arch)
{
	if ((c->flags & ~(u32)(BLOB_CELL_CONSOLE | BLOB_CELL_CRITICAL)) != 0)
		return CHECK_BLOB_FLAGS;
	if (c->reserved16 != 0 || c->reserved != 0)
		return CHECK_BLOB_RESERVED;
	if (c->irq_mode >= BLOB_IRQ_LIST_REGISTER)
		return CHECK_IRQ_MODE_UNAVAILABLE;
	if (c->restart > BLOB_RESTART_ALWAYS)
		return CHECK_RESTART_VALUE;
	if (c->restart_by != 0)
		return CHECK_RESTART_BY_UNAVAILABLE;
	if (!blob_uart_ok(c->uart_type, c->uart_gpa, arch) || (c->uart_type == BLOB_UART_NONE && c->uart_intid != 0))
		return CHECK_CELL_UART;
	if ((c->comm_gpa & (PAGE_SIZE - 1)) != 0 || !blob_range_below(range_make(c->comm_gpa, PAGE_SIZE), BLOB_ADDRESS_LIMIT))
		return CHECK_COMM_ADDRESS;
	return CHECK_PASSED;
}

static enum blob_check memory_check(const struct blob_cell_memory *m)
{
	if (m->size == 0)
		return CHECK_MEM_SIZE;
	if (!range_page_aligned(range_make(m->gpa, m->size)) || (m->host != BLOB_ANY && (m->host & (PAGE_SIZE - 1)) != 0))
		return CHECK_MEM_ALIGN;
	if (!range_ok(range_make(m->gpa, m->size)) || (m->host != BLOB_ANY && !range_ok(range_make(m->host, m->size))))
		return CHECK_MEM_WRAP;
	if (!blob_range_below(range_make(m->gpa, m->size), BLOB_ADDRESS_LIMIT))
		return CHECK_MEM_BEYOND_IPA;
	if (m->host != BLOB_ANY && !blob_range_below(range_make(m->host, m->size), BLOB_ADDRESS_LIMIT))
		return CHECK_MEM_NOT_RAM;
	if ((m->flags & ~(u32)(BLOB_MEM_READ | BLOB_MEM_WRITE | BLOB_MEM_EXEC)) != 0)
		return CHECK_BLOB_FLAGS;
	if ((m->flags & BLOB_MEM_READ) == 0)
		return CHECK_RIGHT_UNAVAILABLE;
	if (m->reserved != 0)
		return CHECK_BLOB_RESERVED;
	return CHECK_PASSED;
}

static enum blob_check mmio_check(const struct cell_plan *p, u32 record)
{
	const struct blob_cell_mmio *m = &p->mmio[record];
	u32 trapped = 0;
	struct range gpa = range_make(m->gpa, m->size);

	if (!blob_range_below(gpa, BLOB_ADDRESS_LIMIT) || !blob_range_below(range_make(m->host, m->size), BLOB_ADDRESS_LIMIT))
		return CHECK_REG_SIZE;
	if (((m->gpa ^ m->host) & (PAGE_SIZE - 1)) != 0)
		return CHECK_REG_OFFSET;
	if (plan_mmio_trapped(m) && page_base(gpa.start) != page_base(range_last(gpa)))
		return CHECK_REG_SIZE;
	/* The hardware cannot check the width of an access to a mapped page. */
	if (m->widths == 0 || m->widths > 0xf || (!plan_mmio_trapped(m) && m->widths != 0xf))
		return CHECK_WIDTH_VALUE;
	if ((m->flags & ~(u32)BLOB_MMIO_READ_ONLY) != 0)
		return CHECK_BLOB_FLAGS;
	if (m->keep != 0 && (m->size != 4 || m->widths != 4))
		return CHECK_MASK_OFFSET;
	for (u32 i = 0; i <= record; i++)
		trapped += plan_mmio_trapped(&p->mmio[i]);
	return trapped > PLAN_MAX_TRAPPED ? CHECK_REG_COUNT : CHECK_PASSED;
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

void plan_sort(u64 *key, u32 count)
{
	for (u32 gap = 40; gap > 0; gap /= 3) { /* Shell's */
		for (u32 i = gap; i < count; i++) {
			u64 last = key[i];
			u32 at = i;

			for (; at >= gap && key[at - gap] > last; at -= gap)
				key[at] = key[at - gap];
			key[at] = last;
		}
	}
}

/* The later record of two ranges that overlap, of the guest's or the host's addresses; 0: there is none. */
static u32 find_overlap(const struct cell_plan *p, bool host)
{
	u64 order[PLAN_MAX_RANGES]; /* start << 8 | i */
	u32 count = 0;

	for (u32 i = 0; i < plan_range_count(p); i++)
		if (!host || host_given(p, i))
			order[count++] = plan_range(p, i, host).start << 8 | i;
	plan_sort(order, count);
	for (u32 n = 1; n < count; n++) {
		u32 a = order[n - 1] & 0xff, b = order[n] & 0xff;

		if (range_overlaps(plan_range(p, a, host), plan_range(p, b, host)))
			return a > b ? a : b;
	}
	return 0;
}

static int cell_overlap_check(const struct cell_plan *p, struct blob_error *error)
{
	u32 registers = p->memory_count, windows = registers + p->mmio_count;
	u32 i = find_overlap(p, false);
	enum blob_check check = i > 0 ? CHECK_MEM_OVERLAP : CHECK_HOST_OVERLAP;

	if (i == 0)
		i = find_overlap(p, true);
	if (i == 0)
		return 0;
	if (i == plan_range_count(p) - 1)
		return blob_fail(error, CHECK_COMM_OVERLAP, BLOB_CELL_CONFIG, 0);
	if (i >= windows)
		return blob_fail(error, check, BLOB_CELL_WINDOW, i - windows);
	return i >= registers ? blob_fail(error, check, BLOB_CELL_MMIO, i - registers) : blob_fail(error, check, BLOB_CELL_MEMORY, i);
}

static enum blob_check cpu_check(const struct cell_plan *p, u32 record)
{
	u32 cpu = p->cpu[record].cpu;

	if (p->cpu[record].reserved != 0)
		return CHECK_BLOB_RESERVED;
	if ((cpu == BLOB_CPU_ANY) != (p->cpu[0].cpu == BLOB_CPU_ANY))
		return CHECK_CPU_BOTH;
	if (cpu == BLOB_CPU_ANY)
		return CHECK_PASSED;
	if (cpu >= BULKHEAD_MAX_CPUS)
		return CHECK_CPU_UNKNOWN;
	for (u32 i = 0; i < record; i++)
		if (p->cpu[i].cpu == cpu)
			return CHECK_CPU_DUPLICATE;
	return CHECK_PASSED;
}

static int irqs_check(const struct cell_plan *p, u16 arch, struct blob_error *error)
{
	u64 seen[PLAN_IRQ_END / 64] = { 0 };
	struct blob_irqs irqs = blob_irqs(arch);

	for (u32 i = 0; i < p->irq_count; i++) {
		u32 irq = p->irq[i].irq;

		if (irq < irqs.first)
			return blob_fail(error, CHECK_IRQ_PRIVATE, BLOB_CELL_IRQ, i);
		if (irq >= irqs.end)
			return blob_fail(error, CHECK_IRQ_UNKNOWN, BLOB_CELL_IRQ, i);
		if ((p->irq[i].flags & ~(u32)BLOB_IRQ_EDGE) != 0)
			return blob_fail(error, CHECK_BLOB_FLAGS, BLOB_CELL_IRQ, i);
		if (seen[irq / 64] & BIT64(irq % 64))
			return blob_fail(error, CHECK_IRQ_SHARED, BLOB_CELL_IRQ, i);
		seen[irq / 64] |= BIT64(irq % 64);
	}
	return 0;
}

static enum blob_check port_check(const struct cell_plan *p, u32 record)
{
	struct range ports = range_make(p->pio[record].base, p->pio[record].count);

	if (ports.size == 0 || ports.start > 0xffff || ports.size > 0x10000 - ports.start)
		return CHECK_PORT_RANGE;
	for (u32 i = 0; i < record; i++)
		if (range_overlaps(ports, range_make(p->pio[i].base, p->pio[i].count)))
			return CHECK_PORT_OWNED;
	return CHECK_PASSED;
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

static enum blob_check window_check(const struct cell_plan *p, u32 record, u16 arch)
{
	const struct blob_cell_window *w = &p->window[record];
	struct blob_cell_memory memory = { .gpa = w->gpa, .size = w->window.size, .host = BLOB_ANY, .flags = BLOB_MEM_READ };
	enum blob_check check = memory_check(&memory);

	if (p->memory_count + 2 * (record + 1) > CELL_MAX_MEMORY)
		return CHECK_BLOB_COUNT;
	if (check != CHECK_PASSED)
		return check;
	if (memory.size == PAGE_SIZE)
		return CHECK_MEM_SIZE;
	if ((w->flags & ~(u32)BLOB_WINDOW_READ_ONLY) != 0)
		return CHECK_BLOB_FLAGS;
	if (w->window.reserved != 0)
		return CHECK_BLOB_RESERVED;
	if (!blob_name_ok(w->window.channel))
		return CHECK_CHANNEL_SYNTAX;
	if (!members_ok(&w->window, p->header->name))
		return CHECK_WINDOW_MEMBERS;
	if (w->window.doorbells > WINDOW_DOORBELLS || (w->irq != 0 && !doorbell_irq_ok(p, w->irq, arch)))
		return CHECK_WINDOW_DOORBELLS;
	for (u32 i = 0; i < record; i++)
		if (memcmp(w->window.channel, p->window[i].window.channel, BULKHEAD_NAME_SIZE) == 0)
			return CHECK_CHANNEL_DUPLICATE;
	return CHECK_PASSED;
}

static enum blob_check record_check(const struct cell_plan *p, u16 kind, u32 record, u16 arch)
{
	switch (kind) {
	case BLOB_CELL_CONFIG: return config_check(p->cell, arch);
	case BLOB_CELL_CPU: return cpu_check(p, record);
	case BLOB_CELL_MEMORY: return memory_check(&p->memory[record]);
	case BLOB_CELL_MMIO: return mmio_check(p, record);
	case BLOB_CELL_IRQ: return CHECK_PASSED; /* irqs_check() */
	case BLOB_CELL_WINDOW: return window_check(p, record, arch);
	default: return arch == BULKHEAD_ARCH_X86 ? port_check(p, record) : CHECK_PASSED; /* no other has any */
	}
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
	result = irqs_check(plan, arch, error);
	if (result != 0)
		return result;
	for (u32 i = 0; i < CELL_SECTIONS; i++) {
		for (u32 record = 0; record < f.count[i]; record++) {
			enum blob_check check = record_check(plan, cell_rules[i].kind, record, arch);

			if (check != CHECK_PASSED)
				return blob_fail(error, check, cell_rules[i].kind, record);
		}
	}
	return cell_overlap_check(plan, error);
}
