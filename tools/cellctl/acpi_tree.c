// SPDX-License-Identifier: GPL-2.0-only
/* Writes an x86 machine down as a device tree: CPUs, memory, IO-APICs, IOMMUs, PCI and what devices have I/O ports. */
#include "acpi.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#define TREE_SIZE 0x10000
#define PHANDLE_IOAPIC 1 /* the first: all interrupts are named by GSI, and go to it */
#define IRQ_RISING 1
#define IRQ_FALLING 2
#define IRQ_HIGH 4
#define IRQ_LOW 8

struct writer {
	const struct acpi_machine *m;
	void *fdt;
	int err; /* first error; all later calls do nothing */
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

static void put(struct writer *w, const char *name, const void *data, size_t size)
{
	if (!w->err)
		w->err = fdt_property(w->fdt, name, data, (int)size);
}

static void put_string(struct writer *w, const char *name, const char *value)
{
	put(w, name, value, strlen(value) + 1);
}

static void put_cells(struct writer *w, const char *name, const u32 *cells, u32 count)
{
	fdt32_t *out = mem_alloc(count * sizeof(*out));

	for (u32 i = 0; i < count; i++)
		out[i] = cpu_to_fdt32(cells[i]);
	put(w, name, out, 4 * count);
}

static void put_u32(struct writer *w, const char *name, u32 value)
{
	put_cells(w, name, &value, 1);
}

static void put_reg(struct writer *w, u64 base, u64 size)
{
	const u32 cells[] = { (u32)(base >> 32), (u32)base, (u32)(size >> 32), (u32)size };

	put_cells(w, "reg", cells, 4);
}

static void sizes(struct writer *w, u32 address, u32 size)
{
	put_u32(w, "#address-cells", address);
	put_u32(w, "#size-cells", size);
}

/* A node with nothing but registers. */
static void plain(struct writer *w, const char *name, const char *compatible, u64 base, u64 size)
{
	begin(w, mem_format("%s@%llx", name, (unsigned long long)base));
	put_string(w, "compatible", compatible);
	put_reg(w, base, size);
	end(w);
}

/* "BOCHS ", "BXPC" as "bochs,bxpc": what a board is named after. */
static void put_compatible(struct writer *w)
{
	static const char generic[] = "bulkhead,acpi";
	char *name = mem_format("%s,%s", *w->m->oem ? w->m->oem : "x86", *w->m->model ? w->m->model : "machine");
	char *both = mem_format("%s %s", name, generic);

	for (char *c = both; *c; c++) {
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
		if (c < both + strlen(name) && !(*c >= 'a' && *c <= 'z') && !(*c >= '0' && *c <= '9') && *c != ',')
			*c = '-';
	}
	both[strlen(name)] = '\0';
	put(w, "compatible", both, strlen(name) + 1 + sizeof(generic));
	put_string(w, "model", mem_format("%s %s", w->m->oem, w->m->model));
}

static void write_cpus(struct writer *w)
{
	begin(w, "cpus");
	sizes(w, 1, 0);
	for (u32 i = 0; i < w->m->cpu_count; i++) {
		begin(w, mem_format("cpu@%x", w->m->apic_ids[i]));
		put_string(w, "device_type", "cpu");
		put_string(w, "compatible", "x86");
		put_u32(w, "reg", w->m->apic_ids[i]);
		end(w);
	}
	end(w);
}

static void write_memory(struct writer *w)
{
	for (u32 i = 0; i < w->m->ram_count; i++) {
		begin(w, mem_format("memory@%llx", (unsigned long long)w->m->ram[i].start));
		put_string(w, "device_type", "memory");
		put_reg(w, w->m->ram[i].start, w->m->ram[i].size);
		end(w);
	}
}

static void write_controllers(struct writer *w)
{
	const struct acpi_machine *m = w->m;

	for (u32 i = 0; i < m->ioapic_count; i++) {
		begin(w, mem_format("interrupt-controller@%llx", (unsigned long long)m->ioapics[i].base));
		put_string(w, "compatible", "intel,ioapic");
		put_reg(w, m->ioapics[i].base, PAGE_SIZE);
		put(w, "interrupt-controller", "", 0);
		put_u32(w, "#address-cells", 0);
		put_u32(w, "#interrupt-cells", 2);
		put_u32(w, "bulkhead,gsi-base", m->ioapics[i].gsi_base);
		put_u32(w, "bulkhead,pins", m->ioapics[i].pin_count);
		if (!i && m->remap_unit) {
			const u32 unit[] = { (u32)(m->remap_unit >> 32), (u32)m->remap_unit };

			put_cells(w, "bulkhead,remap-unit", unit, 2);
			put_u32(w, "bulkhead,remap-source", m->remap_source);
		}
		if (!i)
			put_u32(w, "phandle", PHANDLE_IOAPIC);
		end(w);
	}
	plain(w, "lapic", "intel,lapic", m->lapic, PAGE_SIZE);
	for (u32 i = 0; i < m->iommu_count; i++)
		plain(w, "iommu", m->iommu_amd ? "amd,iommu" : "intel,vt-d", m->iommus[i], m->iommu_amd ? 0x4000 : PAGE_SIZE);
	if (m->hpet)
		plain(w, "timer", "intel,hpet", m->hpet, 0x400);
}

/* Ports by which the machine is switched off, put to sleep or reset. */
static void write_fixed(struct writer *w)
{
	const struct acpi_machine *m = w->m;

	begin(w, "acpi");
	put_string(w, "compatible", "bulkhead,acpi-fixed");
	if (m->pm1a)
		put_u32(w, "bulkhead,pm1a-control", m->pm1a);
	if (m->pm1b)
		put_u32(w, "bulkhead,pm1b-control", m->pm1b);
	if (m->reset_port) {
		put_u32(w, "bulkhead,reset-port", m->reset_port);
		put_u32(w, "bulkhead,reset-value", m->reset_value);
	}
	end(w);
}

/* The first host bridge gets all windows: which bus has which stands in AML only, and nobody needs to know. */
static void write_pci(struct writer *w)
{
	const struct acpi_machine *m = w->m;

	for (u32 i = 0; i < m->ecam_count; i++) {
		const struct acpi_ecam *e = &m->ecams[i];
		const u32 buses[] = { e->first_bus, e->last_bus };
		u32 ranges[7 * ACPI_MAX_WINDOWS], n = 0;

		begin(w, mem_format("pci@%llx", (unsigned long long)e->base + ((u64)e->first_bus << 20)));
		put_string(w, "compatible", "pci-host-ecam-generic");
		put_string(w, "device_type", "pci");
		put_reg(w, e->base + ((u64)e->first_bus << 20), (u64)(e->last_bus - e->first_bus + 1) << 20);
		sizes(w, 3, 2);
		put_cells(w, "bus-range", buses, 2);
		put_u32(w, "linux,pci-domain", e->segment);
		for (u32 j = 0; !i && j < m->window_count; j++) {
			u64 start = m->windows[j].start, size = m->windows[j].size;

			ranges[n++] = start >> 32 ? 0x03000000 : 0x02000000;
			for (u32 twice = 0; twice < 2; twice++) {
				ranges[n++] = (u32)(start >> 32);
				ranges[n++] = (u32)start;
			}
			ranges[n++] = (u32)(size >> 32);
			ranges[n++] = (u32)size;
		}
		put_cells(w, "ranges", ranges, n);
		end(w);
	}
}

/* --- what has ports -------------------------------------------------------------------------------------------------------- */

/* GSI and type of an ISA interrupt. Flags: polarity in bits 0-1, trigger in 2-3; 0: as the bus has it, 3: low, level. */
static void isa_irq(const struct acpi_machine *m, u32 irq, u32 *cells)
{
	cells[0] = irq;
	cells[1] = IRQ_RISING;
	for (u32 i = 0; i < m->override_count; i++) {
		const struct acpi_override *o = &m->overrides[i];
		bool low = (o->flags & 3) == 3, level = (o->flags >> 2 & 3) == 3;

		if (o->irq != irq)
			continue;
		cells[0] = o->gsi;
		cells[1] = level ? (low ? IRQ_LOW : IRQ_HIGH) : (low ? IRQ_FALLING : IRQ_RISING);
	}
}

static void put_isa(struct writer *w, const struct range *ports, u32 port_count, const u32 *irqs, u32 irq_count)
{
	u32 reg[3 * PNP_MAX_RESOURCES], interrupts[2 * PNP_MAX_RESOURCES];

	for (u32 i = 0; i < port_count; i++) {
		reg[3 * i] = 1; /* I/O space */
		reg[3 * i + 1] = (u32)ports[i].start;
		reg[3 * i + 2] = (u32)ports[i].size;
	}
	for (u32 i = 0; i < irq_count; i++)
		isa_irq(w->m, irqs[i], interrupts + 2 * i);
	put_cells(w, "reg", reg, 3 * port_count);
	if (irq_count)
		put_cells(w, "interrupts", interrupts, 2 * irq_count);
}

static const struct acpi_pnp *pnp_at(const struct acpi_machine *m, u64 port)
{
	for (u32 i = 0; i < m->pnp_count; i++)
		if (m->pnp[i].port_count && m->pnp[i].ports[0].start == port)
			return &m->pnp[i];
	return NULL;
}

/* COM1 and COM2 are always there, switched off where the kernel knows its devices and has none at that port. */
static void write_serials(struct writer *w)
{
	static const u32 ports[] = { 0x3f8, 0x2f8 }, irqs[] = { 4, 3 };

	for (u32 i = 0; i < ARRAY_SIZE(ports); i++) {
		const struct acpi_pnp *p = pnp_at(w->m, ports[i]);
		const struct range r = range_make(ports[i], 8);

		begin(w, mem_format("serial@i%x", ports[i]));
		put_string(w, "compatible", "ns16550a");
		put_isa(w, &r, 1, p && p->irq_count ? p->irqs : &irqs[i], 1);
		put_u32(w, "clock-frequency", 1843200);
		if (p)
			put_string(w, "bulkhead,linux-device", mem_format("pnp/%s", p->name));
		else if (w->m->pnp_count)
			put_string(w, "status", "disabled");
		end(w);
	}
}

static void write_pnp(struct writer *w)
{
	for (u32 i = 0; i < w->m->pnp_count; i++) {
		const struct acpi_pnp *p = &w->m->pnp[i];

		if (!p->port_count || strlen(p->id) < 7 || p->ports[0].start == 0x3f8 || p->ports[0].start == 0x2f8 ||
		    pnp_at(w->m, p->ports[0].start) != p)
			continue;
		begin(w, mem_format("device@i%llx", (unsigned long long)p->ports[0].start));
		put_string(w, "compatible", mem_format("pnp%.3s,%s", p->id, p->id + 3));
		put_isa(w, p->ports, p->port_count, p->irqs, p->irq_count);
		put_string(w, "bulkhead,linux-device", mem_format("pnp/%s", p->name));
		if (p->dma)
			put(w, "bulkhead,isa-dma", "", 0);
		end(w);
	}
}

static void write_names(struct writer *w)
{
	begin(w, "aliases");
	put_string(w, "serial0", "/isa/serial@i3f8");
	put_string(w, "serial1", "/isa/serial@i2f8");
	end(w);
	begin(w, "chosen");
	if (w->m->serial_console == 0 || w->m->serial_console == 1)
		put_string(w, "stdout-path", mem_format("serial%d", w->m->serial_console));
	end(w);
}

int acpi_tree(const char *root, struct tree *tree)
{
	struct acpi_machine *m = mem_alloc(sizeof(*m));
	struct writer w = { .m = m, .fdt = mem_alloc(TREE_SIZE) };
	int err = acpi_read(root, m);

	if (err)
		return err;
	w.err = fdt_create(w.fdt, TREE_SIZE);
	if (!w.err)
		w.err = fdt_finish_reservemap(w.fdt);
	begin(&w, "");
	sizes(&w, 2, 2);
	put_compatible(&w);
	put_u32(&w, "interrupt-parent", PHANDLE_IOAPIC);
	write_names(&w);
	write_cpus(&w);
	write_memory(&w);
	write_controllers(&w);
	write_fixed(&w);
	write_pci(&w);
	begin(&w, "isa");
	put_string(&w, "compatible", "isa");
	sizes(&w, 2, 1);
	write_serials(&w);
	write_pnp(&w);
	end(&w);
	end(&w);
	if (!w.err)
		w.err = fdt_finish(w.fdt);
	if (w.err) {
		message_error(NULL, "board-invalid", "cannot write this machine's device tree: %s", fdt_strerror(w.err));
		message_fix("report this: too much for 64 KiB");
		return -EINVAL;
	}
	return tree_from_dtb(mem_format("%s" ACPI_TABLES, root), ".", (struct bytes){ w.fdt, fdt_totalsize(w.fdt) }, tree);
}
