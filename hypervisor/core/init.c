/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the boot order: one array of steps, run forward on each CPU in turn, undone backward on failure. CPUs enter one
 * after the other, with the MMU on and their own stack, so nothing here takes a lock.
 */
#include <bulkhead/arch.h>
#include <bulkhead/commit.h>
#include <bulkhead/place.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

struct boot_block *boot_block;
struct system_plan system_plan;

static u64 pool_next, pool_end; /* the hypervisor's own memory not handed out yet */
static struct export_header *export;
static bool leaving; /* HC_DISABLE_PREPARE is done */

#define EXPORT_PAGES(cpus) ((sizeof(struct export_header) + (cpus)*EXIT_COUNTERS * 8 + PAGE_SIZE - 1) >> PAGE_SHIFT)

void *init_pages(u32 count)
{
	void *pages = (void *)pool_next;

	CHECK(pool_end - pool_next >= count * PAGE_SIZE);
	pool_next += count * PAGE_SIZE; /* zeroed by the driver */
	return pages;
}

/* An array in pages of its own. */
static void *init_array(u64 size)
{
	return init_pages((u32)(page_round_up(size) >> PAGE_SHIFT));
}

static int step_boot_block(struct cpu *cpu)
{
	const struct image_header *image = (const struct image_header *)boot_block->memory_base;

	if (boot_block->magic != BOOT_MAGIC || boot_block->size != sizeof(*boot_block) || boot_block->abi >> 16 != BULKHEAD_ABI_MAJOR)
		return -BH_EINVAL;
	pool_next = boot_block->memory_base + image->boot_offset + PAGE_SIZE + page_round_up(boot_block->blob_size) +
		    boot_block->cpu_count * image->percpu_size;
	pool_end = boot_block->memory_base + boot_block->memory_size;
	return pool_next < pool_end ? 0 : -BH_ENOMEM;
}

static int step_blob(struct cpu *cpu)
{
	struct blob_error error = { 0 };
	const void *blob = (const char *)boot_block + PAGE_SIZE; /* private since the driver copied it before entry */
	int err = blob_verify_system(blob, boot_block->blob_size, ARCH_ID, &system_plan, &error);

	if (err == 0 && system_plan.cpu_count != boot_block->cpu_count)
		err = -BH_EINVAL;
	if (err)
		format((char *)boot_block->message, sizeof(boot_block->message), "blob: %s", error.check ? error.check : "cpu-count");
	return err;
}

static int step_probe(struct cpu *cpu)
{
	return arch_probe(&system_plan);
}

static int own(struct range r, enum ledger_use use)
{
	struct ledger_entry e = {
		.start = r.start,
		.size = r.size,
		.owner = OWNER_HYPERVISOR,
		.kind = LEDGER_MEMORY,
		.use = (u8)use,
	};

	return ledger_add(&ledger, &e);
}

static int own_controller(struct range r)
{
	int err = own(r, USE_MMIO);

	return err ? err : arch_map_device(r);
}

static int step_ledger(struct cpu *cpu)
{
	u32 pages = 1 + boot_block->cpu_count / 8;

	ledger_init(&ledger, init_pages(pages), (u32)(pages * PAGE_SIZE / sizeof(struct ledger_entry)));
	int err = own(range_make(boot_block->memory_base, boot_block->memory_size), USE_RAM);
	return err ? err : arch_controllers(&system_plan, own_controller);
}

static int step_console(struct cpu *cpu)
{
	u32 pages = (u32)EXPORT_PAGES(boot_block->cpu_count) + 1;
	const struct blob_machine *machine = system_plan.machine;

	export = init_pages(pages);
	export->magic = EXPORT_MAGIC;
	export->size = sizeof(*export);
	export->cpu_count = boot_block->cpu_count;
	export->counters_offset = sizeof(*export);
	export->ring_offset = (pages - 1) * (u32)PAGE_SIZE;
	boot_block->export_base = (u64) export;
	boot_block->export_size = pages * PAGE_SIZE;
	console_init((struct console_ring *)((char *)export + export->ring_offset));
	if (machine->uart_type != BLOB_UART_NONE && machine->uart_type != BLOB_UART_8250_PIO) {
		int err = arch_map_device(range_make(page_base(machine->uart_base), PAGE_SIZE));
		if (err)
			return err;
	}
	console_uart(machine->uart_type, machine->uart_base, machine->uart_reg_shift);
	return 0;
}

static int step_cells(struct cpu *cpu)
{
	cpu_count = boot_block->cpu_count;
	cell_capacity = cpu_count; /* each cell takes a CPU, the root keeps one */
	cells = init_array(cell_capacity * sizeof(*cells) + cpu_count * sizeof(*cpu_slots));
	cpu_slots = (struct cpu_slot *)&cells[cell_capacity]; /* in the rest of their last page */

	hypercall_init();

	struct cell *root = cell_root();
	memcpy(root->name, "root", 5);
	root->cpu_count = cpu_count;
	root->state = CELL_RUNNING;
	for (u32 i = 0; i < cpu_count; i++) {
		cpu_slots[i] = (struct cpu_slot){ .hwid = system_plan.cpu[i].hwid, .index = i, .vcpu = i, .cell = root, .power = POWER_ON };
		root->cpus[i] = (u8)i;
	}
	memset(root->irq_mask, 0xff, sizeof(root->irq_mask));
	return 0;
}

/* Everything below the machine's limit, less what the hypervisor keeps. The exported pages can be read. */
static int step_root_tables(struct cpu *cpu)
{
	struct pgtable *t = &cell_root()->stage2;
	u64 limit = system_plan.machine->phys_limit;
	int err = arch_stage2_geometry(limit, &t->geometry);

	if (err)
		return err;
	/* Aligned to its own size, where hardware has tables of several pages: a power of two. */
	while ((pool_next >> PAGE_SHIFT) & ((t->geometry.root_pages & -t->geometry.root_pages) - 1))
		pool_next += PAGE_SIZE;
	t->root.v = (u64)init_pages(t->geometry.root_pages);
	t->pool = &root_pool;
	pool_init(&root_pool);
	err = pool_donate(&root_pool, range_make(pool_next, pool_end - pool_next));
	if (err)
		return err;
	pool_next = pool_end;
	err = pool_reserve(&root_pool, pool_free(&root_pool));
	if (err)
		return err;
	pgtable_map(t, (struct gpa){ 0 }, (struct pa){ 0 }, limit, PG_READ | PG_WRITE | PG_EXEC);
	u32 at = 0;
	for (struct ledger_entry *e; (e = ledger_next(&ledger, OWNER_HYPERVISOR, &at)) != NULL;)
		pgtable_unmap(t, (struct gpa){ e->start }, e->size);
	for (u32 i = 0; i < cpu_count; i++)
		commit_root_irq_page(i, true);
	pgtable_map(t, (struct gpa){ (u64) export }, (struct pa){ (u64) export }, boot_block->export_size, PG_READ);
	pool_unreserve(&root_pool, root_pool.reserved);
	if (pool_free(&root_pool) < 2 * place_margin())
		return -BH_ENOMEM;
	t->live = true;
	arch_cell_create(cell_root(), NULL);
	return 0;
}

static int step_irq(struct cpu *cpu)
{
	return arch_irq_init(&system_plan);
}

static void undo_irq(struct cpu *cpu)
{
	arch_irq_undo();
}

static int step_cpu(struct cpu *cpu)
{
	cpu->slot = &cpu_slots[cpu->index];
	cpu->counters = (u64 *)((char *)export + export->counters_offset) + (u64)cpu->index * EXIT_COUNTERS;
	cpu->cell = cell_root();
	cpu->calls = hypercall_table(cpu->cell);
	cpu->vcpu = cpu->index;
	return arch_cpu_init(cpu);
}

static void undo_cpu(struct cpu *cpu)
{
	arch_cpu_undo(cpu);
}

static int step_enter(struct cpu *cpu)
{
	cpu->slot->state = CPU_GUEST;
	boot_block->cpus_entered++;
	if (boot_block->cpus_entered == 1) /* the others only follow: whoever looks at the log sees them in the status */
		log_line("entered cpus=%u memory=0x%llx size=%llu KiB pool=%u pages free", cpu_count,
			 (unsigned long long)boot_block->memory_base, (unsigned long long)boot_block->memory_size / 1024,
			 pool_free(&root_pool));
	return 0;
}

enum where { FIRST_CPU, EACH_CPU };

static const struct step {
	const char *name;
	enum where where;
	int (*run)(struct cpu *cpu);
	void (*undo)(struct cpu *cpu);
} steps[] = {
	{ "boot-block", FIRST_CPU, step_boot_block, NULL },
	{ "blob", FIRST_CPU, step_blob, NULL },
	{ "probe", FIRST_CPU, step_probe, NULL },
	{ "ledger", FIRST_CPU, step_ledger, NULL },
	{ "console", FIRST_CPU, step_console, NULL },
	{ "cells", FIRST_CPU, step_cells, NULL },
	{ "root-tables", FIRST_CPU, step_root_tables, NULL },
	{ "interrupts", FIRST_CPU, step_irq, undo_irq },
	{ "cpu", EACH_CPU, step_cpu, undo_cpu },
	{ "enter", EACH_CPU, step_enter, NULL },
};

int init_cpu(struct boot_block *boot, u32 index, struct cpu *cpu)
{
	bool first = boot->cpus_entered == 0;

	boot_block = boot;
	cpu->index = index;
	for (u32 i = 0; i < ARRAY_SIZE(steps); i++) {
		if (steps[i].where == FIRST_CPU && !first)
			continue;
		boot->step = i + 1;
		boot->step_cpu = index;
		boot->error = steps[i].run(cpu);
		if (boot->error == 0)
			continue;
		if (boot->message[0] == 0)
			format((char *)boot->message, sizeof(boot->message), "%s", steps[i].name);
		while (i-- > 0)
			if (steps[i].undo && (first || steps[i].where == EACH_CPU))
				steps[i].undo(cpu);
		return boot->error;
	}
	return 0;
}

void init_fill_info(struct system_info *info)
{
	info->size = sizeof(*info);
	info->abi = BULKHEAD_ABI_VERSION;
	info->cpu_count = cpu_count;
	for (u32 i = 1; i < cell_capacity; i++)
		info->cell_count += cells[i].state != CELL_FREE;
	info->memory_base = boot_block->memory_base;
	info->memory_size = boot_block->memory_size;
	info->pages_total = (u32)(boot_block->memory_size >> PAGE_SHIFT);
	info->pages_used = info->pages_total - (root_pool.chunk[0].pages - root_pool.chunk[0].used);
	info->root_pool_total = root_pool.total;
	info->root_pool_used = root_pool.used;
	info->scrub_left = cell_scrub_left();
	info->root_faults = load_acquire(&cell_root_faults);
	info->fault_sequence = cell_fault_sequence();
	info->kick_method = arch_facts.kick_method;
	info->flags = (cell_locked ? SYSTEM_LOCKED : 0) | (cell_critical() ? SYSTEM_CRITICAL : 0);
}

/*
 * No cell, no lost CPU, and every parked CPU handed to firmware: after that the memory can be freed once the CPUs that run
 * the root have left.
 */
int init_disable_prepare(struct mgmt m)
{
	int result = 0;

	if (cell_any())
		return -BH_EBUSY;
	for (u32 i = 0; i < cpu_count; i++) {
		struct cpu_slot *slot = &cpu_slots[i];

		switch (load_acquire(&slot->state)) {
		case CPU_LOST: return -BH_EBUSY;
		case CPU_PARKED:
			atomic_or(&slot->request, CPU_REQ_OFF);
			arch_cpu_kick(slot);
			result = -BH_EAGAIN;
			break;
		case CPU_OFF:
			if (!arch_cpu_is_off(slot))
				result = -BH_EAGAIN;
			break;
		default: break;
		}
	}
	leaving = result == 0;
	return result;
}

bool init_disable_ready(void)
{
	return leaving;
}
