// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine of a Linux cell as ACPI tables: no legacy hardware (FADT, "hardware reduced": Linux then looks for neither PIC, PIT nor
 * RTC), the cell's CPUs, and a device for each UART it was given and each shared window. ACPI 6.5, chapters 5, 6, 19 and 20.
 */
#include "guestacpi.h"

#include <string.h>

#define HEADER_SIZE 36
#define RSDP_SIZE 36
#define FADT_SIZE 276
#define FADT_HW_REDUCED 0x100000
#define FADT_NO_VGA 0x4
#define FADT_NO_CMOS_RTC 0x20
#define LAPIC_ADDRESS 0xfee00000u
#define MADT_LAPIC 0
#define MADT_IOAPIC 1
#define MADT_X2APIC 9

struct acpi_writer {
	u8 *data;
	u32 used; /* where the next table goes */
};

static void put(u8 *at, u64 value, u32 size)
{
	for (u32 i = 0; i < size; i++)
		at[i] = (u8)(value >> (8 * i));
}

static u8 checksum(const u8 *p, u32 size)
{
	u8 sum = 0;

	while (size--)
		sum = (u8)(sum + *p++);
	return (u8)-sum;
}

static u8 *table_begin(struct acpi_writer *w, const char *name, u8 revision)
{
	u8 *t = w->data + w->used;

	memcpy(t, name, 4);
	t[8] = revision;
	memcpy(t + 10, "BULKHD", 6);
	memcpy(t + 16, "CELL    ", 8);
	put(t + 24, 1, 4);
	memcpy(t + 28, "BLKH", 4);
	put(t + 32, 1, 4);
	return t;
}

/* Where it is in the guest. */
static u64 table_end(struct acpi_writer *w, u8 *t, u32 size)
{
	put(t + 4, size, 4);
	t[9] = checksum(t, size);
	w->used = (u32)(t - w->data) + ((size + 15) & ~15u);
	return GUEST_ACPI_BASE + (u64)(t - w->data);
}

static u64 write_madt(struct acpi_writer *w, const struct cell *cell)
{
	u8 *t = table_begin(w, "APIC", 5), *p = t + HEADER_SIZE + 8;

	put(t + HEADER_SIZE, LAPIC_ADDRESS, 4);
	for (u32 i = 0; i < cell->cpu_count; i++) {
		u32 cpu = cell->cpus_any || cell->cpus[i] >= cell->board->cpu_count ? cell->board->cpu_count - 1 - i : cell->cpus[i];
		u32 id = (u32)cell->board->cpus[cpu].hwid;

		/* The short form has no room for the numbers from 255 on. */
		if (id < 255) {
			p[0] = MADT_LAPIC;
			p[1] = 8;
			p[2] = (u8)i;
			p[3] = (u8)id;
			put(p + 4, 1, 4);
		} else {
			p[0] = MADT_X2APIC;
			p[1] = 16;
			put(p + 4, id, 4);
			put(p + 8, 1, 4);
			put(p + 12, i, 4);
		}
		p += p[1];
	}
	/* Only where it has pins of its own: else there is nothing at that address. */
	if (cell->irq_count) {
		p[0] = MADT_IOAPIC;
		p[1] = 12;
		put(p + 4, cell->board->ioapic[0].base, 4);
		put(p + 8, cell->board->ioapic[0].gsi_base, 4);
		p += p[1];
	}
	return table_end(w, t, (u32)(p - t));
}

/* --- AML ------------------------------------------------------------------------------------------------------------------- */

/* A package length counts itself; two bytes hold all that is written here. */
static void put_length(u8 *at, u32 size)
{
	at[0] = (u8)(0x40 | (size & 15));
	at[1] = (u8)(size >> 4);
}

static u8 *put_bytes(u8 *at, const void *bytes, u32 size)
{
	memcpy(at, bytes, size);
	return at + size;
}

/* Device (COMn) { Name (_HID, EisaId ("PNP0501")) Name (_UID, n) Name (_CRS, ResourceTemplate () { IO (...) Interrupt (...) }) } */
static u8 *write_uart(u8 *p, u32 number, struct range ports, const struct board_irq *irq)
{
	static const u8 names[] = { 0x08, '_', 'H', 'I', 'D', 0x0c, 0x41, 0xd0, 0x05, 0x01, 0x08, '_', 'U', 'I', 'D', 0x0a };
	static const u8 resources[] = { 0x08, '_', 'C', 'R', 'S', 0x11 };
	u8 size = irq ? 19 : 10;
	u8 *device;

	p = put_bytes(p, "\x5b\x82", 2);
	device = p;
	p = put_bytes(p + 2, "COM", 3);
	*p++ = (u8)('0' + number);
	p = put_bytes(p, names, sizeof(names));
	*p++ = (u8)number;
	p = put_bytes(p, resources, sizeof(resources));
	*p++ = size + 3; /* a package's own length and the count of bytes that follows */
	p = put_bytes(p, "\x0a", 1);
	*p++ = size;
	p = put_bytes(p, "\x47\x01", 2);
	put(p, ports.start, 2);
	put(p + 2, ports.start, 2);
	p[4] = 1;
	p[5] = (u8)ports.size;
	p += 6;
	if (irq) {
		p = put_bytes(p, "\x89\x06", 3); /* six bytes: flags, one number */
		*p++ = (u8)(1 | (irq->flags & BLOB_IRQ_EDGE ? 2 : 0) | (irq->type & 10 ? 4 : 0));
		*p++ = 1;
		put(p, irq->intid, 4);
		p += 4;
	}
	p = put_bytes(p, "\x79", 2); /* the end, without a checksum */
	put_length(device, (u32)(p - device));
	return p;
}

static u8 *put_text(u8 *at, const char *s)
{
	*at = 0x0d;
	return put_bytes(at + 1, s, (u32)strlen(s) + 1);
}

/* Package (2) { "name", "value" }; value NULL: 1. */
static u8 *put_property(u8 *package, const char *name, const char *value)
{
	u8 *p = package + 4;

	p = put_text(p, name);
	p = value ? put_text(p, value) : put_bytes(p, "\x01", 1);
	package[0] = 0x12;
	put_length(package + 1, (u32)(p - package - 1));
	package[3] = 2;
	return p;
}

/* Name (_CRS, ResourceTemplate () { QWordMemory (ResourceConsumer, PosDecode, MinFixed, MaxFixed, Cacheable, ...) }) */
static u8 *put_memory(u8 *p, struct range r, bool read_only)
{
	p = put_bytes(p, "\x08_CRS\x11\x44\x03\x0a\x30", 10);
	p = put_bytes(p, "\x8a\x2b\x00\x00\x0d", 5);
	*p++ = read_only ? 2 : 3;
	put(p, 0, 8);
	put(p + 8, r.start, 8);
	put(p + 16, range_last(r), 8);
	put(p + 24, 0, 8);
	put(p + 32, r.size, 8);
	return put_bytes(p + 40, "\x79\x00", 2);
}

/*
 * Device (WINn) { Name (_HID, "PRP0001") Name (_UID, n) Name (_CRS, ...) Name (_DSD, Package (2) { device properties, Package ()
 * { what a device tree would hold } }) }: Linux finds the driver by "compatible", as it does from a device tree.
 */
static u8 *write_window(u8 *p, u32 number, const struct cell_window *w)
{
	static const u8 properties[] = { 0x11, 0x13, 0x0a, 0x10, 0x14, 0xd8, 0xff, 0xda, 0xba, 0x6e,
					 0x8c, 0x4d, 0x8a, 0x91, 0xbc, 0x9b, 0xbf, 0x4a, 0xa3, 0x01 };
	u8 *device, *both, *list;

	p = put_bytes(p, "\x5b\x82", 2);
	device = p;
	p = put_bytes(p + 2, "WIN", 3);
	*p++ = (u8)('0' + number);
	p = put_text(put_bytes(p, "\x08_HID", 5), "PRP0001");
	p = put_bytes(p, "\x08_UID\x0a", 6);
	*p++ = (u8)number;
	p = put_memory(p, w->range, w->read_only);
	p = put_bytes(p, "\x08_DSD\x12", 6);
	both = p;
	p[2] = 2;
	p = put_bytes(p + 3, properties, sizeof(properties));
	*p++ = 0x12;
	list = p;
	p[2] = w->read_only ? 3 : 2;
	p = put_property(p + 3, "compatible", WINDOW_COMPATIBLE);
	p = put_property(p, "bulkhead,channel", w->channel);
	if (w->read_only)
		p = put_property(p, "read-only", NULL);
	put_length(list, (u32)(p - list));
	put_length(both, (u32)(p - both));
	put_length(device, (u32)(p - device));
	return p;
}

/* NULL: it has none, and Linux asks it by timer. */
static const struct board_irq *device_irq(const struct cell *cell, const struct cell_device *d)
{
	for (u32 i = 0; i < cell->irq_count; i++)
		if (cell->irqs[i].node == d->node)
			return &cell->irqs[i].irq;
	return NULL;
}

static u64 write_dsdt(struct acpi_writer *w, const struct cell *cell)
{
	u8 *t = table_begin(w, "DSDT", 2), *scope = t + HEADER_SIZE + 1, *p;
	u32 number = 0;

	t[HEADER_SIZE] = 0x10;
	p = put_bytes(scope + 2, "\\_SB_", 5);
	for (u32 i = 0; i < cell->device_count && number < 9; i++) {
		const struct cell_device *d = &cell->devices[i];

		if (d->board_node >= 0 && board_uart_type(cell->board, d->board_node) == BLOB_UART_8250_PIO)
			p = write_uart(p, ++number, d->ports[0], device_irq(cell, d));
	}
	for (u32 i = 0; i < cell->window_count; i++)
		p = write_window(p, i, &cell->windows[i]);
	put_length(scope, (u32)(p - scope));
	return table_end(w, t, (u32)(p - t));
}

static u64 write_fadt(struct acpi_writer *w, u64 dsdt)
{
	u8 *t = table_begin(w, "FACP", 6);

	put(t + 40, dsdt, 4);
	put(t + 109, FADT_NO_VGA | FADT_NO_CMOS_RTC, 2);
	put(t + 112, FADT_HW_REDUCED, 4);
	t[131] = 5; /* minor version: 6.5 */
	put(t + 140, dsdt, 8);
	memcpy(t + 268, "BULKHEAD", 8);
	return table_end(w, t, FADT_SIZE);
}

struct bytes guest_acpi(const struct cell *cell)
{
	struct acpi_writer w = { .data = mem_alloc(GUEST_ACPI_SIZE), .used = 0x40 };
	u64 dsdt = write_dsdt(&w, cell), tables[] = { write_fadt(&w, dsdt), write_madt(&w, cell) };
	u8 *t = table_begin(&w, "XSDT", 1), *rsdp = w.data;

	put(t + HEADER_SIZE, tables[0], 8);
	put(t + HEADER_SIZE + 8, tables[1], 8);
	put(rsdp + 24, table_end(&w, t, HEADER_SIZE + 16), 8);
	memcpy(rsdp, "RSD PTR ", 8);
	memcpy(rsdp + 9, "BULKHD", 6);
	rsdp[15] = 2; /* revision */
	put(rsdp + 20, RSDP_SIZE, 4);
	rsdp[8] = checksum(rsdp, 20);
	rsdp[32] = checksum(rsdp, RSDP_SIZE);
	return (struct bytes){ .data = w.data, .size = w.used };
}
