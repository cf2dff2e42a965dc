// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads an x86 machine: ACPI tables with fixed layouts (MADT, FADT, MCFG, DMAR, IVRS, HPET; never AML), and where the kernel knows
 * better its lists: /proc/iomem, PNP devices, consoles. ACPI 6.5, chapter 5; VT-d 8; AMD IOMMU 5.2.
 */
#include "acpi.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID "board-invalid"
#define TABLE_LIMIT (1u << 20)
#define HEADER_SIZE 36

#define MADT_LAPIC 0
#define MADT_IOAPIC 1
#define MADT_OVERRIDE 2
#define MADT_LAPIC_ADDRESS 5
#define MADT_X2APIC 9
#define FADT_RESET 0x400 /* flags: the reset register is there */
#define SPACE_PORT 1
#define DMAR_INTR_REMAP 1
#define SCOPE_IOAPIC 3

static int fail(const char *file, const char *fix, const char *what)
{
	struct position at = { .file = file };

	message_error(&at, ID, "%s", what);
	message_fix("%s", fix);
	return -EINVAL;
}

/* --- tables ---------------------------------------------------------------------------------------------------------------- */

/* Little-endian; 0 beyond the end, which is what a shorter, older table means. */
static u64 get(struct bytes t, u32 offset, u32 size)
{
	u64 value = 0;

	if (offset > t.size || size > t.size - offset)
		return 0;
	for (u32 i = size; i--;)
		value = value << 8 | t.data[offset + i];
	return value;
}

static const char *table_path(const char *root, const char *name)
{
	return mem_format("%s" ACPI_TABLES "/%s", root, name);
}

/* Checked as far as its header goes; size 0: there is none, or it is not to be read. */
static struct bytes table_read(const char *root, const char *name)
{
	struct bytes t = { 0 };

	if (file_read(table_path(root, name), TABLE_LIMIT, &t) || t.size < HEADER_SIZE || memcmp(t.data, name, 4))
		return (struct bytes){ 0 };
	if (get(t, 4, 4) < t.size)
		t.size = (size_t)get(t, 4, 4);
	return t;
}

/* Entries of a type and a length of the given widths, from *at on: moves *at behind the entry. Size 0: that was all. */
static struct bytes entry_next(struct bytes t, u32 *at, u32 width)
{
	u32 size = (u32)get(t, *at + width, width);
	struct bytes entry = { t.data + *at, size };

	if (*at >= t.size || size < 2 * width || size > t.size - *at)
		return (struct bytes){ 0 };
	*at += size;
	return entry;
}

static int add_cpu(struct acpi_machine *m, u64 id, u64 flags)
{
	if (!(flags & 1)) /* could be plugged in, or is no more */
		return 0;
	if (m->cpu_count == BULKHEAD_MAX_CPUS)
		return -EINVAL;
	m->apic_ids[m->cpu_count++] = (u32)id;
	return 0;
}

static int add_ioapic(struct acpi_machine *m, struct bytes e)
{
	if (m->ioapic_count == PLAN_MAX_IOAPICS)
		return -EINVAL;
	m->ioapics[m->ioapic_count++] =
		(struct acpi_ioapic){ .base = get(e, 4, 4), .gsi_base = (u32)get(e, 8, 4), .id = (u32)get(e, 2, 1) };
	return 0;
}

static int add_override(struct acpi_machine *m, struct bytes e)
{
	if (m->override_count == ACPI_MAX_OVERRIDES)
		return -EINVAL;
	m->overrides[m->override_count++] =
		(struct acpi_override){ .irq = (u32)get(e, 3, 1), .gsi = (u32)get(e, 4, 4), .flags = (u32)get(e, 8, 2) };
	return 0;
}

static int add_madt_entry(struct acpi_machine *m, struct bytes e)
{
	switch (e.data[0]) {
	case MADT_LAPIC: return add_cpu(m, get(e, 3, 1), get(e, 4, 4));
	case MADT_X2APIC: return add_cpu(m, get(e, 4, 4), get(e, 8, 4));
	case MADT_IOAPIC: return add_ioapic(m, e);
	case MADT_OVERRIDE: return add_override(m, e);
	case MADT_LAPIC_ADDRESS: m->lapic = get(e, 4, 8); return 0;
	default: return 0;
	}
}

/* Up to where the next one begins; the last one has as many pins as nearly all have. */
static void count_pins(struct acpi_machine *m)
{
	for (u32 i = 0; i < m->ioapic_count; i++) {
		struct acpi_ioapic *io = &m->ioapics[i];

		io->pin_count = IOAPIC_PINS;
		for (u32 j = 0; j < m->ioapic_count; j++) {
			u32 next = m->ioapics[j].gsi_base;

			if (next > io->gsi_base && next - io->gsi_base < io->pin_count)
				io->pin_count = next - io->gsi_base;
		}
	}
}

static void copy_word(char *out, size_t room, const u8 *from, size_t length)
{
	while (length && (from[length - 1] == ' ' || !from[length - 1]))
		length--;
	snprintf(out, room, "%.*s", (int)length, (const char *)from);
}

static int read_madt(const char *root, struct acpi_machine *m)
{
	struct bytes t = table_read(root, "APIC"), e;
	u32 at = HEADER_SIZE + 8;

	if (!t.size)
		return fail(table_path(root, "APIC"), "run as root, on a machine with ACPI", "cannot read the table of CPUs (MADT)");
	copy_word(m->oem, sizeof(m->oem), t.data + 10, 6);
	copy_word(m->model, sizeof(m->model), t.data + 16, 8);
	m->lapic = get(t, HEADER_SIZE, 4);
	while ((e = entry_next(t, &at, 1)).size)
		if (add_madt_entry(m, e))
			return fail(table_path(root, "APIC"), "Bulkhead does not support this machine yet",
				    "more CPUs, IO-APICs or interrupt overrides than Bulkhead knows");
	count_pins(m);
	if (!m->cpu_count || !m->ioapic_count)
		return fail(table_path(root, "APIC"), "Bulkhead does not support this machine yet",
			    m->cpu_count ? "the machine has no IO-APIC" : "the table of CPUs (MADT) names no CPU");
	return 0;
}

/* The port of a generic address in I/O space, or of the older field. */
static u32 port_of(struct bytes t, u32 generic, u32 older)
{
	if (get(t, generic, 1) == SPACE_PORT && get(t, generic + 4, 8) && get(t, generic + 4, 8) < 0x10000)
		return (u32)get(t, generic + 4, 8);
	return older ? (u32)get(t, older, 4) & 0xffff : 0;
}

static void read_fadt(const char *root, struct acpi_machine *m)
{
	struct bytes t = table_read(root, "FACP");

	m->pm1a = port_of(t, 172, 64);
	m->pm1b = port_of(t, 184, 68);
	if (get(t, 112, 4) & FADT_RESET) {
		m->reset_port = port_of(t, 116, 0);
		m->reset_value = (u32)get(t, 128, 1);
	}
}

static void read_mcfg(const char *root, struct acpi_machine *m)
{
	struct bytes t = table_read(root, "MCFG");

	for (u32 at = HEADER_SIZE + 8; at + 16 <= t.size && m->ecam_count < ACPI_MAX_ECAM; at += 16)
		if (get(t, at + 11, 1) >= get(t, at + 10, 1))
			m->ecams[m->ecam_count++] = (struct acpi_ecam){ .base = get(t, at, 8),
									.segment = (u32)get(t, at + 8, 2),
									.first_bus = (u32)get(t, at + 10, 1),
									.last_bus = (u32)get(t, at + 11, 1) };
}

static void add_iommu(struct acpi_machine *m, u64 base)
{
	for (u32 i = 0; i < m->iommu_count; i++)
		if (m->iommus[i] == base)
			return;
	if (base && m->iommu_count < ACPI_MAX_IOMMU)
		m->iommus[m->iommu_count++] = base;
}

/* Whose messages a unit remaps, by its list of devices. Behind a bridge the source id does not stand here: then there is none. */
static void read_remap_unit(struct acpi_machine *m, struct bytes unit)
{
	u32 at = 16;

	while (at + 6 <= unit.size && get(unit, at + 1, 1) >= 6) {
		u32 size = (u32)get(unit, at + 1, 1);

		if (get(unit, at, 1) == SCOPE_IOAPIC && size == 8 && m->ioapic_count && get(unit, at + 4, 1) == m->ioapics[0].id) {
			m->remap_unit = get(unit, 8, 8);
			m->remap_source = (u32)(get(unit, at + 5, 1) << 8 | get(unit, at + 6, 1) << 3 | get(unit, at + 7, 1));
		}
		at += size;
	}
}

/* VT-d: remapping units are entries of type 0. AMD: types 0x10, 0x11 and 0x40 describe the same units. */
static void read_iommus(const char *root, struct acpi_machine *m)
{
	struct bytes t = table_read(root, "DMAR"), e;
	u32 at = HEADER_SIZE + 12;

	while ((e = entry_next(t, &at, 2)).size)
		if (get(e, 0, 2) == 0) {
			add_iommu(m, get(e, 8, 8));
			if (get(t, 37, 1) & DMAR_INTR_REMAP)
				read_remap_unit(m, e);
		}
	t = table_read(root, "IVRS");
	m->iommu_amd = t.size != 0;
	for (at = HEADER_SIZE + 12; at + 4 <= t.size && get(t, at + 2, 2) >= 4; at += (u32)get(t, at + 2, 2)) {
		u64 type = get(t, at, 1);

		if (type == 0x10 || type == 0x11 || type == 0x40)
			add_iommu(m, get(t, at + 8, 8));
	}
}

/* --- what the kernel says ---------------------------------------------------------------------------------------------------- */

static char *text_read(const char *root, const char *path)
{
	struct bytes t = { 0 };

	return file_read(mem_format("%s%s", root, path), TREE_MAX_SIZE, &t) ? NULL : (char *)t.data;
}

/* Takes the next line off *text, in place. */
static char *line_next(char **text)
{
	char *line = *text;
	size_t n;

	if (!line || !*line)
		return NULL;
	n = strcspn(line, "\n");
	*text = line + n + (line[n] == '\n');
	line[n] = '\0';
	return line;
}

/* "00100000-7ffd9fff : System RAM" of the outermost level. */
static bool iomem_line(const char *line, struct range *r, const char **name)
{
	char *end;
	u64 start = strtoull(line, &end, 16), last;

	if (*line == ' ' || *end != '-')
		return false;
	last = strtoull(end + 1, &end, 16);
	if (strncmp(end, " : ", 3) || last < start)
		return false;
	*r = range_make(start, last - start + 1);
	*name = end + 3;
	return r->size != 0;
}

static int read_iomem(const char *root, struct acpi_machine *m)
{
	char *text = text_read(root, "/proc/iomem"), *line;

	while ((line = line_next(&text))) {
		const char *name;
		struct range r;

		if (!iomem_line(line, &r, &name))
			continue;
		if (!strncmp(name, "PCI Bus ", 8) && m->window_count < ACPI_MAX_WINDOWS)
			m->windows[m->window_count++] = r;
		if (strcmp(name, "System RAM"))
			continue;
		/* Firmware may end RAM within a page: that one is nobody's. */
		r = range_make(page_round_up(r.start), page_base(range_last(r) + 1) - page_round_up(r.start));
		if (!range_ok(r) || r.size >> 52)
			continue;
		if (m->ram_count == PLAN_MAX_RAM)
			return fail(mem_format("%s/proc/iomem", root), "Bulkhead does not support this machine yet",
				    "more than 64 memory banks");
		m->ram[m->ram_count++] = r;
	}
	return m->ram_count ? 0 : fail(mem_format("%s/proc/iomem", root), "run as root", "no memory to be seen");
}

/* The kernel's CPU 0 is the boot CPU and stands first; the others keep their order. */
static void boot_cpu_first(const char *root, struct acpi_machine *m)
{
	char *text = text_read(root, "/proc/cpuinfo"), *line;

	while ((line = line_next(&text))) {
		const char *colon = strchr(line, ':');

		if (strncmp(line, "apicid", 6) || !colon)
			continue;
		for (u32 i = 1, id = (u32)strtoul(colon + 1, NULL, 10); i < m->cpu_count; i++) {
			if (m->apic_ids[i] != id)
				continue;
			memmove(m->apic_ids + 1, m->apic_ids, i * sizeof(*m->apic_ids));
			m->apic_ids[0] = id;
		}
		return;
	}
}

/* "ttyS0                -W- (EC p a)    4:64" */
static void read_console(const char *root, struct acpi_machine *m)
{
	char *text = text_read(root, "/proc/consoles"), *line;

	m->serial_console = -1;
	while ((line = line_next(&text)) && m->serial_console < 0)
		if (!strncmp(line, "ttyS", 4))
			m->serial_console = atoi(line + 4);
}

/* Lines "io 0x3f8-0x3ff", "irq 4", "dma 2"; "disabled" stands where a device has none. */
static void pnp_resources(struct acpi_pnp *p, char *text)
{
	char *line;

	while ((line = line_next(&text))) {
		unsigned first, last;

		if (sscanf(line, "io %x-%x", &first, &last) == 2 && last >= first && last < 0x10000 && p->port_count < PNP_MAX_RESOURCES)
			p->ports[p->port_count++] = range_make(first, last - first + 1);
		if (sscanf(line, "irq %u", &first) == 1 && p->irq_count < PNP_MAX_RESOURCES)
			p->irqs[p->irq_count++] = first;
		p->dma |= sscanf(line, "dma %u", &first) == 1;
	}
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_pnp(const char *root, struct acpi_machine *m)
{
	const char *dir = mem_format("%s/sys/bus/pnp/devices", root);
	struct dirent **list;
	int n = scandir(dir, &list, NULL, by_name);

	for (int i = 0; i < n; i++) {
		struct acpi_pnp *p = &m->pnp[m->pnp_count];
		char *resources = text_read(root, mem_format("/sys/bus/pnp/devices/%s/resources", list[i]->d_name));
		char *id = text_read(root, mem_format("/sys/bus/pnp/devices/%s/id", list[i]->d_name));

		if (list[i]->d_name[0] != '.' && resources && id && m->pnp_count < ACPI_MAX_PNP) {
			m->pnp_count++;
			snprintf(p->name, sizeof(p->name), "%.15s", list[i]->d_name);
			snprintf(p->id, sizeof(p->id), "%.*s", (int)strcspn(id, "\n"), id);
			pnp_resources(p, resources);
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

bool acpi_present(const char *root)
{
	return file_exists(table_path(root, "APIC"));
}

int acpi_read(const char *root, struct acpi_machine *m)
{
	int err;

	memset(m, 0, sizeof(*m));
	err = read_madt(root, m);
	if (err)
		return err;
	read_fadt(root, m);
	read_mcfg(root, m);
	read_iommus(root, m);
	m->hpet = get(table_read(root, "HPET"), 44, 8);
	boot_cpu_first(root, m);
	read_console(root, m);
	read_pnp(root, m);
	return read_iomem(root, m);
}
