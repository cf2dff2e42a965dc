/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the question "may this cell exist, and what does it take?": a verified plan against the ledger. Changes nothing.
 * Guarded by mgmt, so that what is free stays free until the caller commits.
 */
#include <bulkhead/arch.h>
#include <bulkhead/place.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>
#include <bulkhead/window.h>

#define BIG_PAGE (2ull << 20)
#define CELL_BLOB_MAX 4096

static u64 blob[CELL_BLOB_MAX / 8];

int place_read(struct mgmt m, u64 gpa, u64 size, struct cell_plan *plan)
{
	struct blob_error error;

	if (size > sizeof(blob) || (gpa & 7))
		return -BH_E2BIG;
	int err = guestmem_read(m, cell_root(), gpa, blob, size);
	if (err)
		return err;
	err = blob_verify_cell(blob, size, ARCH_ID, plan, &error);
	if (err)
		log_line("cell configuration refused: [%s] section %u record %u", error.check, error.section, error.record);
	return err;
}

static u64 pow2_at_least(u64 value)
{
	u64 p = PAGE_SIZE;

	while (p < value)
		p <<= 1;
	return p;
}

/* Owner of a board CPU, counted over the root's: the last one stays with it. */
static int place_cpus(const struct cell_plan *plan, struct cell_needs *needs)
{
	u64 taken = 0;
	u32 left = 0;

	for (u32 i = 0; i < cpu_count; i++)
		left += ledger_owner(&ledger, LEDGER_CPU, i) == OWNER_ROOT;
	if (left <= plan->cpu_count) {
		log_line("cell %s: wants %u CPUs, %u are the root's and it keeps at least one", plan->header->name, plan->cpu_count, left);
		return -BH_EBUSY;
	}
	for (u32 i = 0; i < plan->cpu_count; i++) {
		u32 cpu = plan->cpu[i].cpu;

		if (cpu == BLOB_CPU_ANY) /* highest free; named ones were checked for duplicates by the verifier */
			for (cpu = cpu_count; cpu-- > 0;)
				if (!(taken & BIT64(cpu)) && ledger_owner(&ledger, LEDGER_CPU, cpu) == OWNER_ROOT)
					break;
		if (cpu >= cpu_count || (taken & BIT64(cpu)) || ledger_owner(&ledger, LEDGER_CPU, cpu) != OWNER_ROOT) {
			log_line("cell %s: cpu %u is not the root's to give", plan->header->name, cpu);
			return -BH_EBUSY;
		}
		taken |= BIT64(cpu);
		needs->cpus[i] = cpu;
	}
	needs->cpu_count = plan->cpu_count;
	return 0;
}

static bool is_ram(struct range r)
{
	for (u32 i = 0; i < system_plan.ram_count; i++)
		if (range_overlaps(range_make(system_plan.ram[i].base, system_plan.ram[i].size), r))
			return true;
	return false;
}

bool place_in_ram(struct range r)
{
	for (u32 i = 0; i < system_plan.ram_count; i++)
		if (range_contains(range_make(system_plan.ram[i].base, system_plan.ram[i].size), r))
			return true;
	return false;
}

static int check_free(const struct cell_plan *plan, enum ledger_kind kind, struct range r, const char *what)
{
	u16 who = OWNER_ROOT;
	int err = ledger_check_free(&ledger, kind, r, &who);

	if (err)
		log_line("cell %s: %s 0x%llx size 0x%llx belongs to owner %u", plan->header->name, what, (unsigned long long)r.start,
			 (unsigned long long)r.size, who);
	return err;
}

static int place_devices(const struct cell_plan *plan)
{
	for (u32 i = 0; i < plan->mmio_count; i++) {
		struct range r = range_make(plan->mmio[i].host, plan->mmio[i].size);

		if (is_ram(r) || range_last(r) >= system_plan.machine->phys_limit) {
			log_line("cell %s: registers 0x%llx are RAM or beyond the machine", plan->header->name,
				 (unsigned long long)r.start);
			return -BH_EINVAL;
		}
		int err = check_free(plan, LEDGER_MEMORY, r, "registers");
		if (err)
			return err;
	}
	for (u32 i = 0; i < plan->irq_count; i++) {
		int err = check_free(plan, LEDGER_IRQ, range_make(plan->irq[i].irq, 1), "interrupt");

		if (plan->irq[i].irq == load_relaxed(&cell_notify))
			err = -BH_EBUSY;
		if (err)
			return err;
	}
	for (u32 i = 0; i < plan->pio_count; i++) {
		int err = check_free(plan, LEDGER_PIO, range_make(plan->pio[i].base, plan->pio[i].count), "I/O port");
		if (err)
			return err;
	}
	return 0;
}

int place_controller(const struct cell_plan *plan, const struct range *registers, u32 count)
{
	for (u32 i = 0, ranges = plan_range_count(plan); i < ranges; i++) {
		struct range r = plan_range(plan, i, false);

		for (u32 n = 0; n < count; n++) {
			if (range_overlaps(r, registers[n])) {
				log_line("cell %s: 0x%llx is where its interrupt controller is", plan->header->name,
					 (unsigned long long)r.start);
				return -BH_EINVAL;
			}
		}
	}
	return 0;
}

int place_irqs(const struct cell_plan *plan, u32 first, u32 count)
{
	for (u32 i = 0; i < plan->irq_count; i++) {
		if (plan->irq[i].irq - first >= count) {
			log_line("cell %s: the machine has no interrupt %u for cells", plan->header->name, plan->irq[i].irq);
			return -BH_EINVAL;
		}
	}
	return 0;
}

static struct claim_request *add_claim(struct cell_needs *needs, enum claim_kind kind, u64 size, u64 align, u64 base)
{
	struct claim_request *c = &needs->claims[needs->claim_count++];

	*c = (struct claim_request){ .kind = kind, .size = size, .align = align, .base = base };
	return c;
}

/* Of a host address that the driver may choose: small pages only where nothing larger is possible. */
static u64 memory_align(const struct blob_cell_memory *mem)
{
	return mem->size >= BIG_PAGE && (mem->gpa & (BIG_PAGE - 1)) == 0 ? BIG_PAGE : PAGE_SIZE;
}

static int place_memory(const struct cell_plan *plan, struct cell_needs *needs)
{
	for (u32 i = 0; i < plan->memory_count; i++) {
		const struct blob_cell_memory *mem = &plan->memory[i];
		u64 align = memory_align(mem);

		if (mem->host != BLOB_ANY) {
			struct range r = range_make(mem->host, mem->size);

			if (!place_in_ram(r)) {
				log_line("cell %s: host range 0x%llx size 0x%llx is not RAM", plan->header->name,
					 (unsigned long long)r.start, (unsigned long long)r.size);
				return -BH_EINVAL;
			}
			int err = check_free(plan, LEDGER_MEMORY, r, "host range");
			if (err)
				return err;
			align = PAGE_SIZE;
		}
		add_claim(needs, CLAIM_RAM, mem->size, align, mem->host);
	}
	return 0;
}

static int place_windows(struct mgmt m, const struct cell_plan *plan, struct cell_needs *needs)
{
	u32 left = window_free(m);
	u32 id;

	for (u32 i = 0; i < plan->window_count; i++) {
		const struct blob_window *w = &plan->window[i].window;
		int err = window_find(m, w, &id);

		if (err == -BH_ENOENT && left-- == 0) {
			log_line("cell %s: channel %s: there are %u windows already", plan->header->name, w->channel, WINDOW_MAX);
			return -BH_ENOSPC;
		}
		if (err == -BH_ENOENT)
			add_claim(needs, CLAIM_WINDOW, w->size, PAGE_SIZE, BLOB_ANY);
		else if (err)
			return err;
	}
	return 0;
}

int place_geometry(const struct cell_plan *plan, struct pg_geometry *g)
{
	struct range pages;
	u64 last = 0;

	for (u32 i = 0; i < plan_range_count(plan); i++) {
		u64 end = range_last(plan_range(plan, i, false));
		last = end > last ? end : last;
	}
	if (place_irq_pages(plan->cpu_count, &pages) && range_last(pages) > last)
		last = range_last(pages);
	return arch_stage2_geometry(last + 1, g);
}

bool place_irq_pages(u32 count, struct range *pages)
{
	struct gpa gpa;
	struct pa pa;

	if (!arch_irq_page(false, 0, 0, &gpa, &pa))
		return false;
	*pages = range_make(gpa.v, count * PAGE_SIZE);
	return true;
}

/* Aligned to its own size, as the hardware wants it. */
u32 place_root_offset(const struct pg_geometry *g)
{
	return (POOL_FIXED_PAGES + g->root_pages - 1) / g->root_pages * g->root_pages;
}

/* Pages of the cell's own pool: ring, comm page, root table, and what mapping everything takes at most. */
static u32 pool_pages(const struct cell_plan *plan, const struct pg_geometry *g)
{
	u32 pages = POOL_FIXED_PAGES + g->root_pages + pgtable_count_map(g, range_make(plan->cell->comm_gpa, PAGE_SIZE), 0);
	struct range irq_pages;

	if (place_irq_pages(plan->cpu_count, &irq_pages))
		pages += pgtable_count_map(g, irq_pages, irq_pages.start ^ PAGE_SIZE);
	for (u32 i = 0; i < plan->memory_count; i++) {
		const struct blob_cell_memory *mem = &plan->memory[i];
		/* A chosen host address may agree with the guest's no further than the alignment asked for. */
		u64 host = mem->host != BLOB_ANY ? mem->host : mem->gpa ^ memory_align(mem);

		pages += pgtable_count_map(g, range_make(mem->gpa, mem->size), host);
	}
	for (u32 i = 0; i < plan->mmio_count; i++)
		if (!plan_mmio_trapped(&plan->mmio[i]))
			pages += pgtable_count_map(g, range_make(plan->mmio[i].gpa, plan->mmio[i].size), plan->mmio[i].host);
	for (u32 i = 0; i < plan->window_count; i++) {
		struct range r = range_make(plan->window[i].gpa, plan->window[i].window.size);

		pages += pgtable_count_map(g, r, r.start ^ PAGE_SIZE);
	}
	u32 least = place_root_offset(g) + g->root_pages;
	return pages > least ? pages : least;
}

u32 place_margin(void)
{
	const struct pg_geometry *g = &cell_root()->stage2.geometry;

	return g->levels - 1 - g->min_block_level;
}

/* Pages the root's tables may need when all claims and devices leave it. Interrupt pages were mapped one by one: none. */
u32 place_root_pages(const struct cell_plan *plan, const struct cell_needs *needs)
{
	const struct pg_geometry *g = &cell_root()->stage2.geometry;
	u32 pages = 2; /* the ring page comes back read-only */

	for (u32 i = 0; i < needs->claim_count; i++) {
		const struct claim_request *c = &needs->claims[i];

		pages += c->base == BLOB_ANY ? pgtable_worst_unmap(g, c->size, c->align)
					     : pgtable_count_unmap(g, range_make(c->base, c->size));
	}
	for (u32 i = 0; i < plan->mmio_count; i++)
		pages += pgtable_count_unmap(g, range_pages(range_make(plan->mmio[i].host, plan->mmio[i].size)));
	return pages;
}

int place_needs(struct mgmt m, const struct cell_plan *plan, struct cell_needs *needs)
{
	struct pg_geometry g;
	u32 pages;
	int err;

	memset(needs, 0, sizeof(*needs));
	needs->size = sizeof(*needs);
	err = place_cpus(plan, needs);
	if (err == 0)
		err = place_memory(plan, needs);
	if (err == 0)
		err = place_windows(m, plan, needs);
	if (err == 0)
		err = place_devices(plan);
	if (err == 0)
		err = place_geometry(plan, &g);
	if (err == 0)
		err = arch_cell_check(plan);
	if (err)
		return err;
	pages = pool_pages(plan, &g);
	add_claim(needs, CLAIM_POOL, pages * PAGE_SIZE, pow2_at_least(pages * PAGE_SIZE), BLOB_ANY);

	pages = place_root_pages(plan, needs);
	if (pages + 2 * place_margin() > pool_free(&root_pool)) {
		/* The growth leaves the root too, before any of its pages may become a table. */
		u64 size = (pages + 3 * place_margin() - pool_free(&root_pool)) * PAGE_SIZE;

		add_claim(needs, CLAIM_ROOT_POOL, size, pow2_at_least(size), BLOB_ANY);
	}
	return 0;
}

int place_verify(const struct cell_needs *needs, const struct cell_placement *placement)
{
	u64 order[CELL_MAX_CLAIMS];

	if (placement->size != sizeof(*placement) || placement->cpu_count != needs->cpu_count ||
	    placement->claim_count != needs->claim_count || placement->reserved)
		return -BH_EINVAL;
	for (u32 i = 0; i < needs->cpu_count; i++)
		if (placement->cpus[i] != needs->cpus[i])
			return -BH_EINVAL;
	for (u32 i = 0; i < needs->claim_count; i++) {
		const struct claim_request *want = &needs->claims[i];
		struct range got = range_make(placement->claims[i].base, placement->claims[i].size);

		if (got.size != want->size || !range_ok(got) || (got.start & (want->align - 1)) ||
		    (want->base != BLOB_ANY && want->base != got.start) || !place_in_ram(got) ||
		    ledger_check_free(&ledger, LEDGER_MEMORY, got, NULL))
			return -BH_EINVAL;
		order[i] = got.start << 8 | i;
	}
	plan_sort(order, needs->claim_count);
	for (u32 n = 1; n < needs->claim_count; n++) {
		const struct claim *a = &placement->claims[order[n - 1] & 0xff], *b = &placement->claims[order[n] & 0xff];

		if (range_overlaps(range_make(a->base, a->size), range_make(b->base, b->size)))
			return -BH_EINVAL;
	}
	return 0;
}
