/* SPDX-License-Identifier: GPL-2.0-only */
/* Configuration blobs out of their parts. */
#include "parts.h"

#include "fake.h"

#include <stdlib.h>
#include <string.h>

static void header(struct blob_header *h, u16 type, u16 arch, const char *name)
{
	*h = (struct blob_header){
		.magic = BLOB_MAGIC,
		.abi_major = BULKHEAD_ABI_MAJOR,
		.abi_minor = BULKHEAD_ABI_MINOR,
		.type = type,
		.arch = arch,
	};
	strncpy(h->name, name, sizeof(h->name) - 1);
}

void parts_system(struct system_parts *p, u16 arch, u32 count)
{
	memset(p, 0, sizeof(*p));
	header(&p->header, BLOB_SYSTEM, arch, "fake-board");
	p->ram[0] = (struct blob_ram){ .base = FAKE_RAM_BASE, .size = FAKE_RAM_SIZE };
	p->ram_count = 1;
	for (u32 i = 0; i < count; i++)
		p->cpu[i] = (struct blob_cpu){ .hwid = 0x100 + i, .msi_index = arch == BULKHEAD_ARCH_RISCV ? i : 0 };
	p->cpu_count = count;
	p->machine = (struct blob_machine){
		.phys_limit = FAKE_PHYS_LIMIT,
		.uart_base = FAKE_DEVICE_BASE + 0x900000,
		.uart_type = BLOB_UART_PL011,
		.conduit = arch == BULKHEAD_ARCH_ARM64 ? BLOB_CONDUIT_SMC : 0,
		.counter_hz = arch == BULKHEAD_ARCH_RISCV ? 10000000 : 0,
	};
	p->gic = (struct blob_gic){ .gicd_base = FAKE_CONTROLLER, .gicd_size = 0x10000, .version = 3, .maintenance_intid = 25 };
	p->gicr[0] = (struct blob_ram){ .base = FAKE_CONTROLLER + 0x10000, .size = 0x10000 };
	p->gicr_count = 1;
	p->aplic = (struct blob_aplic){ .base = FAKE_CONTROLLER, .size = 0x8000, .source_count = 96 };
	p->imsic = (struct blob_imsic){
		.base = FAKE_DEVICE_BASE + 0x1000000, .guest_bits = 2, .hart_bits = 6, .group_shift = 24, .id_count = 255
	};
}

void parts_cell(struct cell_parts *p, u16 arch, const char *name)
{
	memset(p, 0, sizeof(*p));
	header(&p->header, BLOB_CELL, arch, name);
	p->config = (struct blob_cell){ .flags = BLOB_CELL_CONSOLE, .comm_gpa = 0x7ffff000, .restart_limit = 3 };
	p->cpu[0].cpu = BLOB_CPU_ANY;
	p->cpu_count = 1;
	p->memory[0] = (struct blob_cell_memory){
		.gpa = 0x40000000,
		.size = 0x200000,
		.host = BLOB_ANY,
		.flags = BLOB_MEM_READ | BLOB_MEM_WRITE | BLOB_MEM_EXEC,
	};
	p->memory_count = 1;
}

struct section {
	u16 kind;
	u16 record_size;
	u32 count;
	const void *records;
};

static void emit(const struct blob_header *h, const struct section *sections, u32 count, struct blob *out)
{
	char *at = (char *)out->data;
	u32 used = 0;

	for (u32 i = 0; i < count; i++)
		used += sections[i].count != 0;

	u64 offset = sizeof(*h) + used * sizeof(struct blob_section);
	struct blob_section *s = (struct blob_section *)(at + sizeof(*h));

	memset(out, 0, sizeof(*out));
	for (u32 i = 0; i < count; i++) {
		u64 bytes = (u64)sections[i].count * sections[i].record_size;

		if (sections[i].count == 0)
			continue;
		*s++ = (struct blob_section){
			.kind = sections[i].kind,
			.record_size = sections[i].record_size,
			.record_count = sections[i].count,
			.offset = (u32)offset,
		};
		memcpy(at + offset, sections[i].records, bytes);
		offset += bytes;
	}
	memcpy(at, h, sizeof(*h));
	((struct blob_header *)at)->size = (u32)offset;
	((struct blob_header *)at)->section_count = used;
	out->size = offset;
}

void parts_emit_system(const struct system_parts *p, struct blob *out)
{
	u32 arm64 = p->header.arch == BULKHEAD_ARCH_ARM64, riscv = p->header.arch == BULKHEAD_ARCH_RISCV;
	const struct section s[] = {
		{ BLOB_RAM, sizeof(p->ram[0]), p->ram_count, p->ram },
		{ BLOB_CPU, sizeof(p->cpu[0]), p->cpu_count, p->cpu },
		{ BLOB_MACHINE, sizeof(p->machine), 1, &p->machine },
		{ BLOB_GIC, sizeof(p->gic), arm64, &p->gic },
		{ BLOB_GICR, sizeof(p->gicr[0]), arm64 ? p->gicr_count : 0, p->gicr },
		{ BLOB_APLIC, sizeof(p->aplic), riscv, &p->aplic },
		{ BLOB_IMSIC, sizeof(p->imsic), riscv, &p->imsic },
	};

	emit(&p->header, s, ARRAY_SIZE(s), out);
}

void parts_emit_cell(const struct cell_parts *p, struct blob *out)
{
	const struct section s[] = {
		{ BLOB_CELL_CONFIG, sizeof(p->config), 1, &p->config },
		{ BLOB_CELL_CPU, sizeof(p->cpu[0]), p->cpu_count, p->cpu },
		{ BLOB_CELL_MEMORY, sizeof(p->memory[0]), p->memory_count, p->memory },
		{ BLOB_CELL_MMIO, sizeof(p->mmio[0]), p->mmio_count, p->mmio },
		{ BLOB_CELL_IRQ, sizeof(p->irq[0]), p->irq_count, p->irq },
		{ BLOB_CELL_WINDOW, sizeof(p->window[0]), p->window_count, p->window },
	};

	emit(&p->header, s, ARRAY_SIZE(s), out);
}

struct blob_section *parts_section(struct blob *b, u32 i)
{
	return (struct blob_section *)((char *)b->data + sizeof(struct blob_header)) + i;
}
