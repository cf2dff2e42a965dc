/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Configuration blob -> verified plan: structure first, then the values of each record, then what records say together.
 * Pure; linked into the hypervisor, cellctl, tests and fuzzers. Every refusal names a check.
 */
#include <bulkhead/plan.h>
#include <bulkhead/string.h>

#define ADDRESS_LIMIT BIT64(48) /* no architecture here translates more in the modes used; sums below it cannot wrap */

/* One kind of section: all a blob of its type may hold. */
struct section_rule {
	u16 kind;
	u16 record_size;
	u32 min;
	u32 max;
	u16 arch; /* 0: all */
};

#define SYSTEM_SECTIONS 9
static const struct section_rule system_rules[SYSTEM_SECTIONS] = {
	{ BLOB_RAM, sizeof(struct blob_ram), 1, PLAN_MAX_RAM, 0 },
	{ BLOB_CPU, sizeof(struct blob_cpu), 1, BULKHEAD_MAX_CPUS, 0 },
	{ BLOB_MACHINE, sizeof(struct blob_machine), 1, 1, 0 },
	{ BLOB_GIC, sizeof(struct blob_gic), 1, 1, BULKHEAD_ARCH_ARM64 },
	{ BLOB_GICR, sizeof(struct blob_ram), 1, PLAN_MAX_GICR, BULKHEAD_ARCH_ARM64 },
	{ BLOB_APLIC, sizeof(struct blob_aplic), 1, 1, BULKHEAD_ARCH_RISCV },
	{ BLOB_IMSIC, sizeof(struct blob_imsic), 1, 1, BULKHEAD_ARCH_RISCV },
	{ BLOB_IOAPIC, sizeof(struct blob_ioapic), 1, PLAN_MAX_IOAPICS, BULKHEAD_ARCH_X86 },
	{ BLOB_X86, sizeof(struct blob_x86), 1, 1, BULKHEAD_ARCH_X86 },
};

#define CELL_SECTIONS 6
static const struct section_rule cell_rules[CELL_SECTIONS] = {
	{ BLOB_CELL_CONFIG, sizeof(struct blob_cell), 1, 1, 0 },
	{ BLOB_CELL_CPU, sizeof(struct blob_cell_cpu), 1, BULKHEAD_MAX_CPUS, 0 },
	{ BLOB_CELL_MEMORY, sizeof(struct blob_cell_memory), 1, CELL_MAX_MEMORY, 0 },
	{ BLOB_CELL_MMIO, sizeof(struct blob_cell_mmio), 0, PLAN_MAX_MMIO, 0 },
	{ BLOB_CELL_IRQ, sizeof(struct blob_cell_irq), 0, PLAN_MAX_IRQS, 0 },
	{ BLOB_CELL_PIO, sizeof(struct blob_cell_pio), 0, PLAN_MAX_PIO, BULKHEAD_ARCH_X86 },
};

/* Where the records of rule i stand. */
struct found {
	const void *record[SYSTEM_SECTIONS];
	u32 count[SYSTEM_SECTIONS];
};

/* What records of a machine mean depends on its architecture by these alone; the last row is the unit tests'. */
static const struct arch_rule {
	u16 arch;
	bool conduit; /* firmware is called in one of two ways */
	bool counter; /* the timer's frequency is in no register */
	bool ports;   /* has I/O ports */
	struct blob_irqs irqs;
} arch_rules[] = {
	{ BULKHEAD_ARCH_ARM64, true, false, false, { 32, 1020 } }, /* GIC SPIs */
	{ BULKHEAD_ARCH_RISCV, false, true, false, { 1, 1024 } },  /* APLIC sources */
	{ BULKHEAD_ARCH_X86, false, false, true, { 0, 1024 } },    /* GSIs */
	{ BULKHEAD_ARCH_FAKE, false, false, false, { 32, 1020 } },
};

static const struct arch_rule *arch_rule(u16 arch)
{
	u32 i = 0;

	while (i + 1 < ARRAY_SIZE(arch_rules) && arch_rules[i].arch != arch)
		i++;
	return &arch_rules[i];
}

struct blob_irqs blob_irqs(u16 arch)
{
	return arch_rule(arch)->irqs;
}

static int fail(struct blob_error *error, const char *check, u32 section, u32 record)
{
	*error = (struct blob_error){ .check = check, .section = section, .record = record };
	return -BH_EINVAL;
}

bool blob_name_ok(const char name[BULKHEAD_NAME_SIZE])
{
	u32 length = 0;

	for (; length < BULKHEAD_NAME_SIZE && name[length] != '\0'; length++) {
		char c = name[length];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && (c != '-' || length == 0))
			return false;
	}
	if (length == 0 || length == BULKHEAD_NAME_SIZE)
		return false;
	for (u32 i = length; i < BULKHEAD_NAME_SIZE; i++) {
		if (name[i] != '\0')
			return false;
	}
	return strncmp(name, "root", BULKHEAD_NAME_SIZE) != 0 && strncmp(name, "hypervisor", BULKHEAD_NAME_SIZE) != 0;
}

static const char *header_check(const struct blob_header *h, u64 size, u16 type, u16 arch)
{
	if (size < sizeof(*h) || size > BLOB_MAX_SIZE)
		return "blob-size";
	if (h->magic != BLOB_MAGIC)
		return "blob-magic";
	if (h->abi_major != BULKHEAD_ABI_MAJOR)
		return "blob-version";
	if (h->size != size)
		return "blob-size";
	if (h->type != type)
		return "blob-type";
	if (h->arch != arch)
		return "blob-arch";
	if (h->reserved != 0)
		return "blob-reserved";
	if (h->section_count > (size - sizeof(*h)) / sizeof(struct blob_section))
		return "blob-layout";
	if (!blob_name_ok(h->name))
		return "name-syntax";
	return NULL;
}

static u32 rule_find(const struct section_rule *rules, u32 rule_count, u16 kind, u16 arch)
{
	u32 i = 0;

	while (i < rule_count && (rules[i].kind != kind || (rules[i].arch != 0 && rules[i].arch != arch)))
		i++;
	return i;
}

static const char *section_check(const struct blob_section *s, const struct section_rule *rule, u64 offset, u64 size)
{
	if (s->record_size != rule->record_size)
		return "blob-record-size";
	if (s->record_count == 0 || s->record_count < rule->min || s->record_count > rule->max)
		return "blob-count";
	if (s->reserved != 0)
		return "blob-reserved";
	if (s->offset != offset || (u64)s->record_count * s->record_size > size - offset)
		return "blob-layout";
	return NULL;
}

/* Header and sections; fills found. All record sizes are multiples of 8, so are all offsets. */
static int structure_check(const void *blob, u64 size, u16 type, u16 arch, const struct section_rule *rules, u32 rule_count,
			   struct found *found, struct blob_error *error)
{
	const struct blob_header *h = blob;
	const char *check = header_check(h, size, type, arch);

	if (check != NULL)
		return fail(error, check, 0, 0);

	const struct blob_section *s = (const struct blob_section *)(h + 1);
	u64 offset = sizeof(*h) + (u64)h->section_count * sizeof(*s);

	for (u32 i = 0; i < h->section_count; i++) {
		u32 rule = rule_find(rules, rule_count, s[i].kind, arch);

		if (rule == rule_count)
			return fail(error, "blob-kind", s[i].kind, i);
		if (found->record[rule] != NULL)
			return fail(error, "blob-duplicate", s[i].kind, i);
		check = section_check(&s[i], &rules[rule], offset, size);
		if (check != NULL)
			return fail(error, check, s[i].kind, i);
		found->record[rule] = (const u8 *)blob + offset;
		found->count[rule] = s[i].record_count;
		offset += (u64)s[i].record_count * s[i].record_size;
	}
	if (offset != size)
		return fail(error, "blob-layout", 0, 0);
	for (u32 i = 0; i < rule_count; i++) {
		if (found->count[i] < rules[i].min && (rules[i].arch == 0 || rules[i].arch == arch))
			return fail(error, "blob-missing", rules[i].kind, 0);
	}
	return 0;
}

static bool range_below(struct range r, u64 limit)
{
	return range_ok(r) && range_last(r) < limit;
}

/* --- system ------------------------------------------------------------------------------------------------------- */

static bool uart_in_memory(const struct blob_machine *m)
{
	return m->uart_base != 0 && m->uart_type != BLOB_UART_8250_PIO;
}

/* All physical ranges the machine names, by number: RAM, redistributors, IO-APICs, VT-d unit, distributor or APLIC, UART page. */
static u32 system_range_count(const struct system_plan *p)
{
	return p->ram_count + p->gicr_count + p->ioapic_count + (plan_remap_unit(p) != 0 ? 1 : 0) +
	       (p->gic != NULL || p->aplic != NULL ? 1 : 0) + (uart_in_memory(p->machine) ? 1 : 0);
}

static struct range system_range(const struct system_plan *p, u32 i, u32 *kind, u32 *record)
{
	*record = i;
	*kind = BLOB_RAM;
	if (i < p->ram_count)
		return range_make(p->ram[i].base, p->ram[i].size);
	i -= p->ram_count;
	*record = i;
	*kind = BLOB_GICR;
	if (i < p->gicr_count)
		return range_make(p->gicr[i].base, p->gicr[i].size);
	i -= p->gicr_count;
	*record = i;
	*kind = BLOB_IOAPIC;
	if (i < p->ioapic_count)
		return range_make(p->ioapic[i].base, PAGE_SIZE);
	i -= p->ioapic_count;
	*record = 0;
	*kind = BLOB_X86;
	if (plan_remap_unit(p) != 0 && i-- == 0)
		return range_make(plan_remap_unit(p), PAGE_SIZE);
	*kind = BLOB_GIC;
	if (p->gic != NULL && i == 0)
		return range_make(p->gic->gicd_base, p->gic->gicd_size);
	*kind = BLOB_APLIC;
	if (p->aplic != NULL && i == 0)
		return range_make(p->aplic->base, p->aplic->size);
	*kind = BLOB_MACHINE;
	return range_make(p->machine->uart_base, PAGE_SIZE);
}

static int system_ranges_check(const struct system_plan *p, struct blob_error *error)
{
	u32 count = system_range_count(p);
	u32 kind, record, other_kind, other_record;

	for (u32 i = 0; i < count; i++) {
		struct range r = system_range(p, i, &kind, &record);

		if (!range_below(r, p->machine->phys_limit) || !range_page_aligned(r))
			return fail(error, "machine-range", kind, record);
		for (u32 j = 0; j < i; j++) {
			if (range_overlaps(r, system_range(p, j, &other_kind, &other_record)))
				return fail(error, "machine-overlap", kind, record);
		}
	}
	return 0;
}

/* base: of its registers in memory, or its first of eight ports. */
static bool uart_ok(u32 type, u64 base, u16 arch)
{
	if (type > BLOB_UART_8250_PIO || (type == BLOB_UART_NONE) != (base == 0))
		return false;
	return type != BLOB_UART_8250_PIO || (arch_rule(arch)->ports && base <= 0x10000 - 8);
}

static const char *machine_check(const struct blob_machine *m, u16 arch)
{
	if (m->phys_limit == 0 || m->phys_limit > ADDRESS_LIMIT || (m->phys_limit & (PAGE_SIZE - 1)) != 0)
		return "machine-limit";
	if (!uart_ok(m->uart_type, m->uart_base, arch) || m->uart_reg_shift > 3)
		return "machine-uart";
	if (arch_rule(arch)->conduit ? m->conduit != BLOB_CONDUIT_SMC && m->conduit != BLOB_CONDUIT_HVC : m->conduit != 0)
		return "machine-conduit";
	if (arch_rule(arch)->counter != (m->counter_hz != 0))
		return "machine-counter";
	if ((m->cbom_block_size & (m->cbom_block_size - 1)) != 0 || m->cbom_block_size > PAGE_SIZE)
		return "machine-cbom";
	if ((m->flags & ~(u32)(BLOB_MACHINE_FORCE_LIST_REGISTERS | BLOB_MACHINE_DENY_ROOT_SMC)) != 0)
		return "blob-flags";
	if (m->reserved != 0)
		return "blob-reserved";
	return NULL;
}

static int board_cpus_check(const struct system_plan *p, struct blob_error *error)
{
	for (u32 i = 0; i < p->cpu_count; i++) {
		if (p->cpu[i].flags != 0)
			return fail(error, "blob-flags", BLOB_CPU, i);
		if (p->imsic == NULL && p->cpu[i].msi_index != 0)
			return fail(error, "blob-reserved", BLOB_CPU, i);
		for (u32 j = 0; j < i; j++) {
			if (p->cpu[i].hwid == p->cpu[j].hwid || (p->imsic != NULL && p->cpu[i].msi_index == p->cpu[j].msi_index))
				return fail(error, "cpu-duplicate", BLOB_CPU, i);
		}
	}
	return 0;
}

/* Where the interrupt file of msi_index is cannot wrap: bits of each part lie beside each other, below the limit. */
static const char *imsic_check(const struct system_plan *p)
{
	const struct blob_imsic *m = p->imsic;
	u32 low = 12 + m->guest_bits + m->hart_bits;

	if (m->reserved != 0)
		return "blob-reserved";
	if (m->guest_bits > 6 || m->hart_bits > 14 || m->group_bits > 7 || m->hart_bits + m->group_bits > 14 || m->group_shift > 55)
		return "imsic-layout";
	if (m->group_bits != 0 && (m->group_shift < low || m->group_shift < 24 || m->group_shift + m->group_bits > 48))
		return "imsic-layout";
	if (m->id_count < 63 || m->id_count > 2047 || (m->id_count & 63) != 63)
		return "imsic-ids";
	for (u32 i = 0; i < p->cpu_count; i++) {
		if (p->cpu[i].msi_index >> (m->hart_bits + m->group_bits) != 0)
			return "imsic-layout";
		if (!range_below(plan_imsic_files(m, p->cpu[i].msi_index), p->machine->phys_limit))
			return "machine-range";
	}
	return NULL;
}

/* GSI numbers fit what a cell may own, and each is a pin of one IO-APIC. */
static const char *x86_check(const struct system_plan *p)
{
	for (u32 i = 0; i < p->ioapic_count; i++) {
		const struct blob_ioapic *a = &p->ioapic[i];

		if (a->pin_count == 0 || a->pin_count > 240 || a->gsi_base > blob_irqs(BULKHEAD_ARCH_X86).end - a->pin_count)
			return "ioapic-pins";
		for (u32 j = 0; j < i; j++)
			if (range_overlaps(range_make(a->gsi_base, a->pin_count),
					   range_make(p->ioapic[j].gsi_base, p->ioapic[j].pin_count)))
				return "ioapic-pins";
	}
	return p->x86 != NULL && (p->x86->reserved8 != 0 || p->x86->reserved16 != 0) ? "blob-reserved" : NULL;
}

/* The sections are those of the architecture, so in the hypervisor only its own checks remain. */
static const char *controller_check(const struct system_plan *p, u16 arch, u32 *kind)
{
	switch (arch) {
	case BULKHEAD_ARCH_ARM64:
		*kind = BLOB_GIC;
		if (p->gic->version != 3)
			return "gic-version";
		return p->gic->maintenance_intid < 16 || p->gic->maintenance_intid > 31 ? "gic-maintenance" : NULL;
	case BULKHEAD_ARCH_RISCV:
		*kind = BLOB_APLIC;
		if (p->aplic->reserved != 0)
			return "blob-reserved";
		/* Four pages of registers: sources, their pending and enable words, message ports, targets. */
		if (p->aplic->source_count == 0 || p->aplic->source_count > 1023 || p->aplic->size < 4 * PAGE_SIZE)
			return "aplic-sources";
		*kind = BLOB_IMSIC;
		return imsic_check(p);
	case BULKHEAD_ARCH_X86: *kind = BLOB_IOAPIC; return x86_check(p);
	default: return NULL;
	}
}

int blob_verify_system(const void *blob, u64 size, u16 arch, struct system_plan *plan, struct blob_error *error)
{
	struct found f = { .count = { 0 } };
	int result = structure_check(blob, size, BLOB_SYSTEM, arch, system_rules, SYSTEM_SECTIONS, &f, error);

	if (result != 0)
		return result;
	*plan = (struct system_plan){
		.header = blob,
		.ram = f.record[0],
		.ram_count = f.count[0],
		.cpu = f.record[1],
		.cpu_count = f.count[1],
		.machine = f.record[2],
		.gic = f.record[3],
		.gicr = f.record[4],
		.gicr_count = f.count[4],
		.aplic = f.record[5],
		.imsic = f.record[6],
		.ioapic = f.record[7],
		.ioapic_count = f.count[7],
		.x86 = f.record[8],
	};

	const char *check = machine_check(plan->machine, arch);

	if (check != NULL)
		return fail(error, check, BLOB_MACHINE, 0);

	u32 kind = 0;
	check = controller_check(plan, arch, &kind);
	if (check != NULL)
		return fail(error, check, kind, 0);
	result = system_ranges_check(plan, error);
	return result != 0 ? result : board_cpus_check(plan, error);
}

/* --- cell --------------------------------------------------------------------------------------------------------- */

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
	if (!uart_ok(c->uart_type, c->uart_gpa, arch) || (c->uart_type == BLOB_UART_NONE && c->uart_intid != 0))
		return "cell-uart";
	if ((c->comm_gpa & (PAGE_SIZE - 1)) != 0 || !range_below(range_make(c->comm_gpa, PAGE_SIZE), ADDRESS_LIMIT))
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
	if (!range_below(range_make(m->gpa, m->size), ADDRESS_LIMIT))
		return "mem-beyond-ipa";
	if (m->host != BLOB_ANY && !range_below(range_make(m->host, m->size), ADDRESS_LIMIT))
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

	if (!range_below(gpa, ADDRESS_LIMIT) || !range_below(range_make(m->host, m->size), ADDRESS_LIMIT))
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
	if (m->reserved != 0)
		return "blob-reserved";
	return NULL;
}

/* All ranges of a cell, by number: memory, devices, comm page. Guest-physical, or where they are in the machine. */
static struct range cell_range(const struct cell_plan *p, u32 i, bool host)
{
	if (i < p->memory_count)
		return range_make(host ? p->memory[i].host : p->memory[i].gpa, p->memory[i].size);
	i -= p->memory_count;
	if (i < p->mmio_count)
		return range_make(host ? p->mmio[i].host : p->mmio[i].gpa, p->mmio[i].size);
	return range_make(p->cell->comm_gpa, PAGE_SIZE);
}

static bool host_given(const struct cell_plan *p, u32 i)
{
	return i >= p->memory_count || p->memory[i].host != BLOB_ANY;
}

static int cell_overlap_check(const struct cell_plan *p, struct blob_error *error)
{
	u32 comm = p->memory_count + p->mmio_count;

	for (u32 i = 1; i <= comm; i++) {
		bool device = i >= p->memory_count;
		u32 kind = device ? BLOB_CELL_MMIO : BLOB_CELL_MEMORY;
		u32 record = device ? i - p->memory_count : i;

		for (u32 j = 0; j < i; j++) {
			if (range_overlaps(cell_range(p, i, false), cell_range(p, j, false))) {
				if (i == comm)
					return fail(error, "comm-overlap", BLOB_CELL_CONFIG, 0);
				return fail(error, "mem-overlap", kind, record);
			}
			if (i < comm && host_given(p, i) && host_given(p, j) &&
			    range_overlaps(cell_range(p, i, true), cell_range(p, j, true)))
				return fail(error, "host-overlap", kind, record);
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
			return fail(error, "blob-reserved", BLOB_CELL_CPU, i);
		if ((cpu == BLOB_CPU_ANY) != (p->cpu[0].cpu == BLOB_CPU_ANY))
			return fail(error, "cpu-both", BLOB_CELL_CPU, i);
		if (cpu == BLOB_CPU_ANY)
			continue;
		if (cpu >= BULKHEAD_MAX_CPUS)
			return fail(error, "cpu-unknown", BLOB_CELL_CPU, i);
		if ((seen & BIT64(cpu)) != 0)
			return fail(error, "cpu-duplicate", BLOB_CELL_CPU, i);
		seen |= BIT64(cpu);
	}
	return 0;
}

static int cell_irqs_check(const struct cell_plan *p, struct blob_error *error)
{
	struct blob_irqs irqs = blob_irqs(p->header->arch);

	for (u32 i = 0; i < p->irq_count; i++) {
		if (p->irq[i].irq < irqs.first)
			return fail(error, "irq-private", BLOB_CELL_IRQ, i);
		if (p->irq[i].irq >= irqs.end)
			return fail(error, "irq-unknown", BLOB_CELL_IRQ, i);
		if ((p->irq[i].flags & ~(u32)BLOB_IRQ_EDGE) != 0)
			return fail(error, "blob-flags", BLOB_CELL_IRQ, i);
		for (u32 j = 0; j < i; j++) {
			if (p->irq[i].irq == p->irq[j].irq)
				return fail(error, "irq-shared", BLOB_CELL_IRQ, i);
		}
	}
	return 0;
}

static int cell_ports_check(const struct cell_plan *p, struct blob_error *error)
{
	for (u32 i = 0; i < p->pio_count; i++) {
		if (p->pio[i].count == 0 || p->pio[i].base > 0xffff || p->pio[i].count > 0x10000 - p->pio[i].base)
			return fail(error, "port-range", BLOB_CELL_PIO, i);
		for (u32 j = 0; j < i; j++) {
			if (range_overlaps(range_make(p->pio[i].base, p->pio[i].count), range_make(p->pio[j].base, p->pio[j].count)))
				return fail(error, "port-owned", BLOB_CELL_PIO, i);
		}
	}
	return 0;
}

/* Each record of its own. */
static int cell_records_check(const struct cell_plan *p, struct blob_error *error)
{
	const char *check = config_check(p->cell, p->header->arch);
	u32 trapped = 0;

	if (check != NULL)
		return fail(error, check, BLOB_CELL_CONFIG, 0);
	for (u32 i = 0; i < p->memory_count; i++) {
		check = memory_check(&p->memory[i]);
		if (check != NULL)
			return fail(error, check, BLOB_CELL_MEMORY, i);
	}
	for (u32 i = 0; i < p->mmio_count; i++) {
		check = mmio_check(&p->mmio[i]);
		if (check != NULL)
			return fail(error, check, BLOB_CELL_MMIO, i);
		trapped += plan_mmio_trapped(&p->mmio[i]) ? 1 : 0;
		if (trapped > PLAN_MAX_TRAPPED)
			return fail(error, "reg-count", BLOB_CELL_MMIO, i);
	}
	return 0;
}

int blob_verify_cell(const void *blob, u64 size, u16 arch, struct cell_plan *plan, struct blob_error *error)
{
	struct found f = { .count = { 0 } };
	int result = structure_check(blob, size, BLOB_CELL, arch, cell_rules, CELL_SECTIONS, &f, error);

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
	};
	result = cell_records_check(plan, error);
	if (result == 0)
		result = cell_cpus_check(plan, error);
	if (result == 0)
		result = cell_irqs_check(plan, error);
	if (result == 0 && arch == BULKHEAD_ARCH_X86)
		result = cell_ports_check(plan, error);
	return result != 0 ? result : cell_overlap_check(plan, error);
}
