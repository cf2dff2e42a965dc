/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Configuration blob -> verified plan: structure first, then the values of each record, then what records say together. Here: the
 * structure, and machines; cells are blob_cell.c's. Pure; linked into the hypervisor, cellctl, tests and fuzzers. Every refusal
 * names a check.
 */
#include <bulkhead/blob_parts.h>
#include <bulkhead/string.h>

#define SYSTEM_SECTIONS 9
_Static_assert(SYSTEM_SECTIONS <= BLOB_SECTIONS, "struct blob_found");
static const struct blob_rule system_rules[SYSTEM_SECTIONS] = {
	{ BLOB_RAM, sizeof(struct blob_ram), 1, PLAN_MAX_RAM, 0, RULE_RANGE },
	{ BLOB_CPU, sizeof(struct blob_cpu), 1, BULKHEAD_MAX_CPUS, 0, RULE_NONE },
	{ BLOB_MACHINE, sizeof(struct blob_machine), 1, 1, 0, RULE_NONE },
	{ BLOB_GIC, sizeof(struct blob_gic), 1, 1, BULKHEAD_ARCH_ARM64, RULE_RANGE },
	{ BLOB_GICR, sizeof(struct blob_ram), 1, PLAN_MAX_GICR, BULKHEAD_ARCH_ARM64, RULE_RANGE },
	{ BLOB_APLIC, sizeof(struct blob_aplic), 1, 1, BULKHEAD_ARCH_RISCV, RULE_RANGE },
	{ BLOB_IMSIC, sizeof(struct blob_imsic), 1, 1, BULKHEAD_ARCH_RISCV, RULE_NONE },
	{ BLOB_IOAPIC, sizeof(struct blob_ioapic), 1, PLAN_MAX_IOAPICS, BULKHEAD_ARCH_X86, RULE_PAGE },
	{ BLOB_X86, sizeof(struct blob_x86), 1, 1, BULKHEAD_ARCH_X86, RULE_NONE },
};
_Static_assert(offsetof(struct blob_gic, gicd_size) == offsetof(struct blob_ram, size), "RULE_RANGE");
_Static_assert(offsetof(struct blob_aplic, size) == offsetof(struct blob_ram, size), "RULE_RANGE");

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

int blob_fail(struct blob_error *error, enum blob_check check, u32 section, u32 record)
{
#define CHECK_NAME(NAME, name) "\0" name
	const char *name = BLOB_CHECKS(CHECK_NAME); /* "", for CHECK_PASSED, then the others one after another */

	for (u32 i = 0; i < check; i++)
		name += strlen(name) + 1;
	*error = (struct blob_error){ .check = name, .section = section, .record = record };
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

static enum blob_check header_check(const struct blob_header *h, u64 size, u16 type, u16 arch)
{
	if (size < sizeof(*h) || size > BLOB_MAX_SIZE)
		return CHECK_BLOB_SIZE;
	if (h->magic != BLOB_MAGIC)
		return CHECK_BLOB_MAGIC;
	if (h->abi_major != BULKHEAD_ABI_MAJOR)
		return CHECK_BLOB_VERSION;
	if (h->size != size)
		return CHECK_BLOB_SIZE;
	if (h->type != type)
		return CHECK_BLOB_TYPE;
	if (h->arch != arch)
		return CHECK_BLOB_ARCH;
	if (h->reserved != 0)
		return CHECK_BLOB_RESERVED;
	if (h->section_count > (size - sizeof(*h)) / sizeof(struct blob_section))
		return CHECK_BLOB_LAYOUT;
	if (!blob_name_ok(h->name))
		return CHECK_NAME_SYNTAX;
	return CHECK_PASSED;
}

static u32 rule_find(const struct blob_rule *rules, u32 rule_count, u16 kind, u16 arch)
{
	u32 i = 0;

	while (i < rule_count && (rules[i].kind != kind || (rules[i].arch != 0 && rules[i].arch != arch)))
		i++;
	return i;
}

static enum blob_check section_check(const struct blob_section *s, const struct blob_rule *rule, u64 offset, u64 size)
{
	if (s->record_size != rule->record_size)
		return CHECK_BLOB_RECORD_SIZE;
	if (s->record_count == 0 || s->record_count < rule->min || s->record_count > rule->max)
		return CHECK_BLOB_COUNT;
	if (s->reserved != 0)
		return CHECK_BLOB_RESERVED;
	if (s->offset != offset || (u64)s->record_count * s->record_size > size - offset)
		return CHECK_BLOB_LAYOUT;
	return CHECK_PASSED;
}

/* Header and sections; fills found. All record sizes are multiples of 8, so are all offsets. */
int blob_structure(const void *blob, u64 size, u16 type, u16 arch, const struct blob_rule *rules, u32 rule_count, struct blob_found *found,
		   struct blob_error *error)
{
	const struct blob_header *h = blob;
	enum blob_check check = header_check(h, size, type, arch);

	if (check != CHECK_PASSED)
		return blob_fail(error, check, 0, 0);

	const struct blob_section *s = (const struct blob_section *)(h + 1);
	u64 offset = sizeof(*h) + (u64)h->section_count * sizeof(*s);

	for (u32 i = 0; i < h->section_count; i++) {
		u32 rule = rule_find(rules, rule_count, s[i].kind, arch);

		if (rule == rule_count)
			return blob_fail(error, CHECK_BLOB_KIND, s[i].kind, i);
		if (found->record[rule] != NULL)
			return blob_fail(error, CHECK_BLOB_DUPLICATE, s[i].kind, i);
		check = section_check(&s[i], &rules[rule], offset, size);
		if (check != CHECK_PASSED)
			return blob_fail(error, check, s[i].kind, i);
		found->record[rule] = (const u8 *)blob + offset;
		found->count[rule] = s[i].record_count;
		offset += (u64)s[i].record_count * s[i].record_size;
	}
	if (offset != size)
		return blob_fail(error, CHECK_BLOB_LAYOUT, 0, 0);
	for (u32 i = 0; i < rule_count; i++) {
		if (found->count[i] < rules[i].min && (rules[i].arch == 0 || rules[i].arch == arch))
			return blob_fail(error, CHECK_BLOB_MISSING, rules[i].kind, 0);
	}
	return 0;
}

bool blob_range_below(struct range r, u64 limit)
{
	return range_ok(r) && range_last(r) < limit;
}

/* --- system ------------------------------------------------------------------------------------------------------- */

static bool uart_in_memory(const struct blob_machine *m)
{
	return m->uart_base != 0 && m->uart_type != BLOB_UART_8250_PIO;
}

/* The i-th physical range the machine names: of its records, then VT-d unit and UART page. False: there are no more. */
static bool system_range(const struct system_plan *p, const struct blob_found *f, u32 i, struct range *r, struct blob_error *at)
{
	for (u32 n = 0; n < SYSTEM_SECTIONS; n++) {
		const struct blob_rule *rule = &system_rules[n];

		if (rule->range == RULE_NONE)
			continue;
		if (i < f->count[n]) {
			const struct blob_ram *record = (const void *)((const u8 *)f->record[n] + i * rule->record_size);

			*at = (struct blob_error){ .section = rule->kind, .record = i };
			*r = range_make(record->base, rule->range == RULE_RANGE ? record->size : PAGE_SIZE);
			return true;
		}
		i -= f->count[n];
	}
	if (plan_remap_unit(p) != 0 && i-- == 0) {
		*at = (struct blob_error){ .section = BLOB_X86 };
		*r = range_make(plan_remap_unit(p), PAGE_SIZE);
		return true;
	}
	*at = (struct blob_error){ .section = BLOB_MACHINE };
	*r = range_make(p->machine->uart_base, PAGE_SIZE);
	return uart_in_memory(p->machine) && i == 0;
}

static int system_ranges_check(const struct system_plan *p, const struct blob_found *f, struct blob_error *error)
{
	struct blob_error at, other_at;
	struct range r, other;

	for (u32 i = 0; system_range(p, f, i, &r, &at); i++) {
		if (!blob_range_below(r, p->machine->phys_limit) || !range_page_aligned(r))
			return blob_fail(error, CHECK_MACHINE_RANGE, at.section, at.record);
		for (u32 j = 0; j < i && system_range(p, f, j, &other, &other_at); j++)
			if (range_overlaps(r, other))
				return blob_fail(error, CHECK_MACHINE_OVERLAP, at.section, at.record);
	}
	return 0;
}

/* base: of its registers in memory, or its first of eight ports. */
bool blob_uart_ok(u32 type, u64 base, u16 arch)
{
	if (type > BLOB_UART_8250_PIO || (type == BLOB_UART_NONE) != (base == 0))
		return false;
	return type != BLOB_UART_8250_PIO || (arch_rule(arch)->ports && base <= 0x10000 - 8);
}

static enum blob_check machine_check(const struct blob_machine *m, u16 arch)
{
	if (m->phys_limit == 0 || m->phys_limit > BLOB_ADDRESS_LIMIT || (m->phys_limit & (PAGE_SIZE - 1)) != 0)
		return CHECK_MACHINE_LIMIT;
	if (!blob_uart_ok(m->uart_type, m->uart_base, arch) || m->uart_reg_shift > 3)
		return CHECK_MACHINE_UART;
	if (arch_rule(arch)->conduit ? m->conduit != BLOB_CONDUIT_SMC && m->conduit != BLOB_CONDUIT_HVC : m->conduit != 0)
		return CHECK_MACHINE_CONDUIT;
	if (arch_rule(arch)->counter != (m->counter_hz != 0))
		return CHECK_MACHINE_COUNTER;
	if ((m->cbom_block_size & (m->cbom_block_size - 1)) != 0 || m->cbom_block_size > PAGE_SIZE)
		return CHECK_MACHINE_CBOM;
	if ((m->flags & ~(u32)(BLOB_MACHINE_FORCE_LIST_REGISTERS | BLOB_MACHINE_DENY_ROOT_SMC)) != 0)
		return CHECK_BLOB_FLAGS;
	if (m->reserved != 0)
		return CHECK_BLOB_RESERVED;
	return CHECK_PASSED;
}

static int board_cpus_check(const struct system_plan *p, struct blob_error *error)
{
	for (u32 i = 0; i < p->cpu_count; i++) {
		if (p->cpu[i].flags != 0)
			return blob_fail(error, CHECK_BLOB_FLAGS, BLOB_CPU, i);
		if (p->imsic == NULL && p->cpu[i].msi_index != 0)
			return blob_fail(error, CHECK_BLOB_RESERVED, BLOB_CPU, i);
		for (u32 j = 0; j < i; j++) {
			if (p->cpu[i].hwid == p->cpu[j].hwid || (p->imsic != NULL && p->cpu[i].msi_index == p->cpu[j].msi_index))
				return blob_fail(error, CHECK_CPU_DUPLICATE, BLOB_CPU, i);
		}
	}
	return 0;
}

/* Where the interrupt file of msi_index is cannot wrap: bits of each part lie beside each other, below the limit. */
static enum blob_check imsic_check(const struct system_plan *p)
{
	const struct blob_imsic *m = p->imsic;
	u32 low = 12 + m->guest_bits + m->hart_bits;

	if (m->reserved != 0)
		return CHECK_BLOB_RESERVED;
	if (m->guest_bits > 6 || m->hart_bits > 14 || m->group_bits > 7 || m->hart_bits + m->group_bits > 14 || m->group_shift > 55)
		return CHECK_IMSIC_LAYOUT;
	if (m->group_bits != 0 && (m->group_shift < low || m->group_shift < 24 || m->group_shift + m->group_bits > 48))
		return CHECK_IMSIC_LAYOUT;
	if (m->id_count < 63 || m->id_count > 2047 || (m->id_count & 63) != 63)
		return CHECK_IMSIC_IDS;
	for (u32 i = 0; i < p->cpu_count; i++) {
		if (p->cpu[i].msi_index >> (m->hart_bits + m->group_bits) != 0)
			return CHECK_IMSIC_LAYOUT;
		if (!blob_range_below(plan_imsic_files(m, p->cpu[i].msi_index), p->machine->phys_limit))
			return CHECK_MACHINE_RANGE;
	}
	return CHECK_PASSED;
}

/* GSI numbers fit what a cell may own, and each is a pin of one IO-APIC. */
static enum blob_check x86_check(const struct system_plan *p)
{
	for (u32 i = 0; i < p->ioapic_count; i++) {
		const struct blob_ioapic *a = &p->ioapic[i];

		if (a->pin_count == 0 || a->pin_count > 240 || a->gsi_base > blob_irqs(BULKHEAD_ARCH_X86).end - a->pin_count)
			return CHECK_IOAPIC_PINS;
		for (u32 j = 0; j < i; j++)
			if (range_overlaps(range_make(a->gsi_base, a->pin_count),
					   range_make(p->ioapic[j].gsi_base, p->ioapic[j].pin_count)))
				return CHECK_IOAPIC_PINS;
	}
	return p->x86 != NULL && (p->x86->reserved8 != 0 || p->x86->reserved16 != 0) ? CHECK_BLOB_RESERVED : CHECK_PASSED;
}

/* The sections are those of the architecture, so in the hypervisor only its own checks remain. */
static enum blob_check controller_check(const struct system_plan *p, u16 arch, u32 *kind)
{
	switch (arch) {
	case BULKHEAD_ARCH_ARM64:
		*kind = BLOB_GIC;
		if (p->gic->version != 3)
			return CHECK_GIC_VERSION;
		return p->gic->maintenance_intid < 16 || p->gic->maintenance_intid > 31 ? CHECK_GIC_MAINTENANCE : CHECK_PASSED;
	case BULKHEAD_ARCH_RISCV:
		*kind = BLOB_APLIC;
		if (p->aplic->reserved != 0)
			return CHECK_BLOB_RESERVED;
		/* Four pages of registers: sources, their pending and enable words, message ports, targets. */
		if (p->aplic->source_count == 0 || p->aplic->source_count > 1023 || p->aplic->size < 4 * PAGE_SIZE)
			return CHECK_APLIC_SOURCES;
		*kind = BLOB_IMSIC;
		return imsic_check(p);
	case BULKHEAD_ARCH_X86: *kind = BLOB_IOAPIC; return x86_check(p);
	default: return CHECK_PASSED;
	}
}

int blob_verify_system(const void *blob, u64 size, u16 arch, struct system_plan *plan, struct blob_error *error)
{
	struct blob_found f = { .count = { 0 } };
	int result = blob_structure(blob, size, BLOB_SYSTEM, arch, system_rules, SYSTEM_SECTIONS, &f, error);

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

	enum blob_check check = machine_check(plan->machine, arch);

	if (check != CHECK_PASSED)
		return blob_fail(error, check, BLOB_MACHINE, 0);

	u32 kind = 0;
	check = controller_check(plan, arch, &kind);
	if (check != CHECK_PASSED)
		return blob_fail(error, check, kind, 0);
	result = system_ranges_check(plan, &f, error);
	return result != 0 ? result : board_cpus_check(plan, error);
}
