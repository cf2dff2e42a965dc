/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libFuzzer target: any bytes at all are refused or become a plan that keeps what plan.h promises. The sanitizers watch that
 * nothing outside the blob is read. The first byte chooses the verifier, and whether the header is put right so that the
 * records behind it are reached.
 */
#include <stdlib.h>
#include <string.h>

#include <bulkhead/plan.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum choice { CHOOSE_SYSTEM = 0x1, CHOOSE_ARM64 = 0x2, CHOOSE_REPAIR = 0x4, CHOOSE_RISCV = 0x8, CHOOSE_X86 = 0x10 };

static void promise(bool kept)
{
	if (!kept)
		abort();
}

static bool inside(const void *record, u64 bytes, const void *blob, u64 size)
{
	u64 at = (u64)((const char *)record - (const char *)blob);

	return at <= size && bytes <= size - at;
}

static void check_cell(const struct cell_plan *p, const void *blob, u64 size, u16 arch)
{
	struct blob_irqs irqs = blob_irqs(arch);

	promise(blob_name_ok(p->header->name));
	promise(inside(p->cell, sizeof(*p->cell), blob, size));
	promise(inside(p->cpu, p->cpu_count * sizeof(p->cpu[0]), blob, size) && p->cpu_count >= 1 && p->cpu_count <= BULKHEAD_MAX_CPUS);
	promise(inside(p->memory, p->memory_count * sizeof(p->memory[0]), blob, size));
	promise(p->memory_count >= 1 && p->memory_count <= CELL_MAX_MEMORY);
	promise(p->mmio_count <= PLAN_MAX_MMIO && p->irq_count <= PLAN_MAX_IRQS);
	promise(p->mmio_count == 0 || inside(p->mmio, p->mmio_count * sizeof(p->mmio[0]), blob, size));
	promise(p->irq_count == 0 || inside(p->irq, p->irq_count * sizeof(p->irq[0]), blob, size));
	for (u32 i = 0; i < p->memory_count; i++) {
		struct range r = range_make(p->memory[i].gpa, p->memory[i].size);

		promise(range_ok(r) && range_page_aligned(r) && !range_has(r, p->cell->comm_gpa));
		promise(p->memory[i].host == BLOB_ANY || range_ok(range_make(p->memory[i].host, r.size)));
	}
	for (u32 i = 0; i < p->mmio_count; i++) {
		struct range r = range_make(p->mmio[i].gpa, p->mmio[i].size);

		promise(range_ok(r) && range_ok(range_make(p->mmio[i].host, r.size)));
		promise(!plan_mmio_trapped(&p->mmio[i]) || page_base(r.start) == page_base(range_last(r)));
		promise(p->mmio[i].keep == 0 || (plan_mmio_trapped(&p->mmio[i]) && r.size == 4));
	}
	for (u32 i = 0; i < plan_range_count(p); i++)
		for (u32 j = 0; j < i; j++)
			promise(!range_overlaps(plan_range(p, i, false), plan_range(p, j, false)));
	for (u32 i = 0; i < p->window_count; i++)
		promise(inside(&p->window[i], sizeof(p->window[i]), blob, size) && blob_name_ok(p->window[i].window.channel));
	for (u32 i = 0; i < p->pio_count; i++)
		promise(inside(&p->pio[i], sizeof(p->pio[i]), blob, size) && p->pio[i].base + p->pio[i].count <= 0x10000);
	for (u32 i = 0; i < p->irq_count; i++) {
		promise(p->irq[i].irq >= irqs.first && p->irq[i].irq < irqs.end);
		for (u32 j = 0; j < i; j++)
			promise(p->irq[i].irq != p->irq[j].irq);
	}
}

static void check_system(const struct system_plan *p, const void *blob, u64 size, u16 arch)
{
	promise(inside(p->machine, sizeof(*p->machine), blob, size));
	promise(p->ram_count >= 1 && p->ram_count <= PLAN_MAX_RAM && inside(p->ram, p->ram_count * sizeof(p->ram[0]), blob, size));
	promise(p->cpu_count >= 1 && p->cpu_count <= BULKHEAD_MAX_CPUS && inside(p->cpu, p->cpu_count * sizeof(p->cpu[0]), blob, size));
	promise((p->gic != NULL) == (arch == BULKHEAD_ARCH_ARM64) && p->gicr_count <= PLAN_MAX_GICR);
	promise((p->aplic != NULL) == (arch == BULKHEAD_ARCH_RISCV) && (p->imsic != NULL) == (arch == BULKHEAD_ARCH_RISCV));
	for (u32 i = 0; p->imsic != NULL && i < p->cpu_count; i++) {
		struct range files = plan_imsic_files(p->imsic, p->cpu[i].msi_index);

		promise(range_ok(files) && range_last(files) < p->machine->phys_limit);
		for (u32 j = 0; j < i; j++)
			promise(p->cpu[i].msi_index != p->cpu[j].msi_index);
	}
	for (u32 i = 0; i < p->ram_count; i++) {
		struct range r = range_make(p->ram[i].base, p->ram[i].size);

		promise(range_ok(r) && range_page_aligned(r) && range_last(r) < p->machine->phys_limit);
		for (u32 j = 0; j < i; j++)
			promise(!range_overlaps(r, range_make(p->ram[j].base, p->ram[j].size)));
	}
}

static void repair(struct blob_header *h, size_t size, u8 choice, u16 arch)
{
	static const char name[BULKHEAD_NAME_SIZE] = "fuzz";

	h->magic = BLOB_MAGIC;
	h->abi_major = BULKHEAD_ABI_MAJOR;
	h->size = (u32)size;
	h->type = (choice & CHOOSE_SYSTEM) != 0 ? BLOB_SYSTEM : BLOB_CELL;
	h->arch = arch;
	h->reserved = 0;
	memcpy(h->name, name, sizeof(name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct blob_error error = { 0 };
	struct system_plan system;
	struct cell_plan cell;
	int result;

	if (size < 1)
		return 0;

	u8 choice = data[0];
	u16 arch = (choice & CHOOSE_ARM64) != 0   ? BULKHEAD_ARCH_ARM64
		   : (choice & CHOOSE_RISCV) != 0 ? BULKHEAD_ARCH_RISCV
		   : (choice & CHOOSE_X86) != 0   ? BULKHEAD_ARCH_X86
						  : BULKHEAD_ARCH_FAKE;
	void *blob = malloc(--size); /* exactly as long: the sanitizer sees the first byte beyond */

	memcpy(blob, data + 1, size);
	if ((choice & CHOOSE_REPAIR) != 0 && size >= sizeof(struct blob_header))
		repair(blob, size, choice, arch);
	if ((choice & CHOOSE_SYSTEM) != 0) {
		result = blob_verify_system(blob, size, arch, &system, &error);
		if (result == 0)
			check_system(&system, blob, size, arch);
	} else {
		result = blob_verify_cell(blob, size, arch, &cell, &error);
		if (result == 0)
			check_cell(&cell, blob, size, arch);
	}
	promise(result == 0 || (result == -BH_EINVAL && error.check != NULL));
	free(blob);
	return 0;
}
