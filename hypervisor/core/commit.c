/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of creating and destroying that cannot fail; see commit.h. Order for memory, as the memory order contract wants:
 * create = unmap from root, flush, clean+invalidate, scrub, clean, map; destroy = unmap, flush, scrub, clean, give back.
 */
#include <bulkhead/arch.h>
#include <bulkhead/commit.h>
#include <bulkhead/place.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>
#include <bulkhead/window.h>

/* A call; they keep it below the longest stretch allowed. */
#define SCRUB_PAGES 48
#define MAP_ROUNDS 4

/* The cell that is being given what its plan says: pages of the root's pool are reserved for it; guarded by mgmt. */
static struct {
	const struct cell *cell;
	const struct cell_plan *plan;
	const struct claim *claim; /* of the next memory, then of the next new window: they follow each other */
	u32 next;                  /* piece; see take_piece() */
} taking;

static void own(u16 owner, enum ledger_kind kind, struct range r, enum ledger_use use, u32 index)
{
	struct ledger_entry e = {
		.start = r.start,
		.size = r.size,
		.owner = owner,
		.kind = (u8)kind,
		.use = (u8)use,
		.index = (u16)index,
	};
	int err = ledger_add(&ledger, &e);

	CHECK(err == 0);
}

static void root_unmap(struct range r)
{
	pgtable_unmap(&cell_root()->stage2, (struct gpa){ r.start }, r.size);
}

static void root_map(struct range r, u32 flags)
{
	pgtable_map(&cell_root()->stage2, (struct gpa){ r.start }, (struct pa){ r.start }, r.size, flags);
}

static struct range claim_range(const struct claim *c)
{
	return range_make(c->base, c->size);
}

static void take_pools(struct cell *cell, const struct cell_needs *needs, const struct cell_placement *placement)
{
	u32 i = needs->claim_count - 1;
	struct range r = claim_range(&placement->claims[i]);

	/* Growth of the root's, if any, is last in the list and goes first: no page of it is a table while the root can write to it. */
	if (needs->claims[i].kind == CLAIM_ROOT_POOL) {
		own(OWNER_HYPERVISOR, LEDGER_MEMORY, r, USE_POOL, 0);
		root_unmap(r);
		r = claim_range(&placement->claims[i - 1]);
	}
	own(cell->id, LEDGER_MEMORY, r, USE_POOL, 0);
	root_unmap(r);
	cell->pool_base = r.start;
	cell->pool_size = r.size;
}

/* At most ARCH_WINDOW_PAGES. */
static void scrub_pages(u64 pa, u32 pages)
{
	void *memory = arch_window(WINDOW_TARGET, (struct pa){ pa }, pages);

	arch_clean(memory, pages * PAGE_SIZE, CLEAN_INVALIDATE); /* no dirty line of the old owner lands later */
	memset(memory, 0, pages * PAGE_SIZE);
	arch_clean(memory, pages * PAGE_SIZE, CLEAN_TO_POC); /* the next owner may start with caches off */
}

static struct range first_page(struct range r)
{
	return range_make(r.start, PAGE_SIZE);
}

static struct range other_pages(struct range r)
{
	return range_make(r.start + PAGE_SIZE, r.size - PAGE_SIZE);
}

/* What the root is a member of stays mapped, but for the header, which it only reads. */
static u32 make_window(struct mgmt m, const struct blob_window *want, struct range r)
{
	bool root = window_member(want, cell_root()) < WINDOW_MEMBERS;

	root_unmap(root ? first_page(r) : r);
	scrub_pages(r.start, 1);
	u32 id = window_open(m, want, r);
	own(root ? OWNER_HEADER : OWNER_WINDOW, LEDGER_MEMORY, root ? first_page(r) : r, USE_WINDOW, id);
	if (root) {
		own(OWNER_ROOT_WINDOW, LEDGER_MEMORY, other_pages(r), USE_WINDOW, id);
		root_map(first_page(r), PG_READ);
		window_join(m, id, cell_root(), 0);
	}
	return id;
}

static void add_memory(struct cell *cell, u64 gpa, struct range host, u64 flags)
{
	u32 i = cell->memory_count++;

	cell->memory[i].gpa = gpa;
	cell->memory[i].size = host.size;
	cell->memory[i].host = host.start;
	cell->memory[i].flags = flags;
}

static void take_window(struct mgmt m, struct cell *cell, const struct blob_cell_window *w)
{
	u64 write = w->flags & BLOB_WINDOW_READ_ONLY ? 0 : BLOB_MEM_WRITE;
	u32 id;
	bool made = window_find(m, &w->window, &id) != 0;

	if (made)
		id = make_window(m, &w->window, claim_range(taking.claim++));
	struct range r = window_get(id)->memory;
	add_memory(cell, w->gpa, first_page(r), BLOB_MEM_READ | CELL_MEM_SHARED | CELL_MEM_KEPT);
	add_memory(cell, w->gpa + PAGE_SIZE, other_pages(r), BLOB_MEM_READ | write | CELL_MEM_SHARED | (made ? 0 : CELL_MEM_KEPT));
	cell->window[cell->window_count++] = (u8)id;
	window_join(m, id, cell, w->irq);
}

static void take_memory(struct cell *cell, const struct blob_cell_memory *mem)
{
	struct range r = claim_range(taking.claim++);

	own(cell->id, LEDGER_MEMORY, r, USE_RAM, 0);
	root_unmap(r);
	add_memory(cell, mem->gpa, r, mem->flags);
}

static void take_irq(struct cell *cell, u32 irq)
{
	own(cell->id, LEDGER_IRQ, range_make(irq, 1), USE_NONE, 0);
	/* The root's CPUs read their mask without a lock: out of it before the interrupt changes. */
	atomic_and(&cell_root()->irq_mask[irq / 64], ~BIT64(irq % 64));
	cell->irq_mask[irq / 64] |= BIT64(irq % 64);
	arch_resource_move(LEDGER_IRQ, range_make(irq, 1), cell);
}

static void take_device(struct cell *cell, const struct blob_cell_mmio *d)
{
	struct range r = range_make(d->host, d->size);
	u32 write = d->flags & BLOB_MMIO_READ_ONLY ? 0 : PG_WRITE;

	own(cell->id, LEDGER_MEMORY, r, USE_MMIO, 0);
	root_unmap(range_pages(r));
	if (!plan_mmio_trapped(d)) {
		pgtable_map(&cell->stage2, (struct gpa){ d->gpa }, (struct pa){ d->host }, d->size, PG_READ | write | PG_DEVICE);
	} else {
		int err = mmio_add(&cell->mmio, (struct mmio_region){ .gpa = range_make(d->gpa, d->size),
								      .handler = mmio_forward,
								      .host = d->host,
								      .flags = (u16)d->flags,
								      .keep = d->keep,
								      .widths = (u16)d->widths });
		CHECK(err == 0);
	}
}

static void taken(const struct cell *cell)
{
	if (taking.cell != cell)
		return;
	pool_unreserve(&root_pool, root_pool.reserved);
	taking.cell = NULL;
}

static void take_ports(struct cell *cell, const struct blob_cell_pio *p)
{
	struct range r = range_make(p->base, p->count);

	own(cell->id, LEDGER_PIO, r, USE_NONE, 0);
	arch_resource_move(LEDGER_PIO, r, cell);
}

/* One thing of the plan becomes the cell's and leaves the root; false: that was the last. */
static bool take_piece(struct mgmt m, struct cell *cell)
{
	if (taking.cell != cell)
		return false;
	const struct cell_plan *plan = taking.plan;
	u32 n = taking.next++;

	if (n < plan->memory_count)
		take_memory(cell, &plan->memory[n]);
	else if ((n -= plan->memory_count) < plan->window_count)
		take_window(m, cell, &plan->window[n]);
	else if ((n -= plan->window_count) < plan->mmio_count)
		take_device(cell, &plan->mmio[n]);
	else if ((n -= plan->mmio_count) < plan->irq_count)
		take_irq(cell, plan->irq[n].irq);
	else if ((n -= plan->irq_count) < plan->pio_count)
		take_ports(cell, &plan->pio[n]);
	else
		taken(cell);
	return taking.cell == cell;
}

bool commit_takes(struct mgmt m)
{
	return taking.cell != NULL;
}

void commit_root_irq_page(u32 cpu, bool seen)
{
	struct gpa gpa;
	struct pa pa;

	if (!arch_irq_page(true, cpu, cpu, &gpa, &pa))
		return;
	if (seen)
		pgtable_map(&cell_root()->stage2, gpa, pa, PAGE_SIZE, PG_READ | PG_WRITE | PG_DEVICE);
	else
		pgtable_unmap(&cell_root()->stage2, gpa, PAGE_SIZE);
}

static void take_cpus(struct cell *cell, const struct cell_needs *needs)
{
	cell->cpu_count = needs->cpu_count;
	for (u32 i = 0; i < needs->cpu_count; i++) {
		struct cpu_slot *slot = &cpu_slots[needs->cpus[i]];

		own(cell->id, LEDGER_CPU, range_make(slot->index, 1), USE_NONE, 0);
		cell->cpus[i] = (u8)slot->index;
		atomic_or(&slot->request, CPU_REQ_PARK);
		slot->cell = cell;
		slot->vcpu = i;
		commit_root_irq_page(slot->index, false);
	}
}

static void donate(struct cell *cell, u64 first, u64 end)
{
	if (first == end)
		return;
	int err = pool_donate(&cell->pool, range_make(cell->pool_base + first * PAGE_SIZE, (end - first) * PAGE_SIZE));

	CHECK(err == 0);
}

/* Ring and comm page, then the root table at a place aligned to its size; what is free before and after it is the cell's pool. */
static void build_pool(struct cell *cell, const struct cell_plan *plan)
{
	struct pgtable *t = &cell->stage2;
	int err = place_geometry(plan, &t->geometry);

	CHECK(err == 0);
	u32 root = place_root_offset(&t->geometry);
	t->root.v = cell->pool_base + root * PAGE_SIZE;
	scrub_pages(cell->pool_base, 1); /* the ring; the comm page is commit_comm()'s */
	scrub_pages(t->root.v, t->geometry.root_pages);
	pool_init(&cell->pool);
	donate(cell, POOL_FIXED_PAGES, root);
	donate(cell, root + t->geometry.root_pages, cell->pool_size >> PAGE_SHIFT);
	err = pool_reserve(&cell->pool, pool_free(&cell->pool));
	CHECK(err == 0);
	t->pool = &cell->pool;
	t->owner = cell->id;
}

static void map_irq_pages(struct cell *cell)
{
	struct gpa gpa;
	struct pa pa;

	for (u32 i = 0; i < cell->cpu_count; i++)
		if (arch_irq_page(false, cell->cpus[i], i, &gpa, &pa))
			pgtable_map(&cell->stage2, gpa, pa, PAGE_SIZE, PG_READ | PG_WRITE | PG_DEVICE);
}

/* What is the same on every architecture; controllers are arch_cell_create()'s. */
static void fill_comm(struct cell *cell, const struct cell_plan *plan)
{
	struct comm_page *comm = &cell->comm;

	comm->magic = COMM_MAGIC;
	comm->abi = BULKHEAD_ABI_VERSION;
	comm->size = sizeof(*comm);
	comm->cpu_count = cell->cpu_count;
	comm->flags = cell->flags;
	comm->memory_gpa = plan->memory[0].gpa;
	comm->memory_size = plan->memory[0].size;
	comm->uart_gpa = cell->config.uart_gpa;
	comm->uart_type = cell->config.uart_type;
	comm->uart_intid = cell->config.uart_intid;
	comm->counter_hz = arch_facts.counter_hz;
	memcpy(comm->cell, cell->name, sizeof(comm->cell));
	for (u32 i = 0; i < plan->window_count; i++)
		comm->window_gpa[i] = plan->window[i].gpa;
}

void commit_create(struct mgmt m, struct cell *cell, const struct cell_plan *plan, const struct cell_needs *needs,
		   const struct cell_placement *placement)
{
	memcpy(cell->name, plan->header->name, sizeof(cell->name));
	cell->flags = plan->cell->flags;
	cell->config = *plan->cell;
	take_pools(cell, needs, placement);
	take_cpus(cell, needs);
	build_pool(cell, plan);
	arch_cell_create(cell, plan);
	map_irq_pages(cell);
	/* Reading console and comm page costs the root no exit. */
	root_map(range_make(cell->pool_base, POOL_FIXED_PAGES * PAGE_SIZE), PG_READ);
	fill_comm(cell, plan);
	commit_comm(m, cell);
	taking.cell = cell;
	taking.plan = plan;
	taking.claim = placement->claims;
	taking.next = 0;
	cell->scrub_pending = true;
}

void commit_comm(struct mgmt m, struct cell *cell)
{
	struct comm_page *comm = arch_window(WINDOW_COMM, (struct pa){ cell->pool_base + PAGE_SIZE }, 1);

	arch_clean(comm, PAGE_SIZE, CLEAN_INVALIDATE);
	memset(comm, 0, PAGE_SIZE);
	*comm = cell->comm;
	arch_clean(comm, PAGE_SIZE, CLEAN_TO_POC);
}

u32 commit_request(struct mgmt m, struct cell *cell, enum comm_request what)
{
	struct comm_page *comm = arch_window(WINDOW_COMM, (struct pa){ cell->pool_base + PAGE_SIZE }, 1);
	u32 word = (cell->comm.request | 0xff) + 1 + (u32)what;

	cell->comm.request = word;
	store_release(&comm->request, word); /* read by the guest whenever it looks */
	arch_clean(&comm->request, sizeof(comm->request), CLEAN_TO_POC);
	return word;
}

/* --- scrub --------------------------------------------------------------------------------------------------------- */

static u64 scrub_regions(const struct cell *cell)
{
	/* A cell that ends gives its pool back as well, last: its tables are in it. */
	return cell->memory_count + (cell->state == CELL_DESTROYED ? 1u : 0u);
}

static struct range scrub_region(const struct cell *cell, u64 index)
{
	if (index < cell->memory_count)
		return range_make(cell->memory[index].host, cell->memory[index].flags & CELL_MEM_KEPT ? 0 : cell->memory[index].size);
	return range_make(cell->pool_base, cell->pool_size);
}

u64 commit_scrub_left(const struct cell *cell)
{
	u64 left = 0;

	if (!cell->scrub_pending)
		return 0;
	for (u64 i = cell->scrub_memory; i < scrub_regions(cell); i++)
		left += scrub_region(cell, i).size;
	return left - cell->scrub_offset;
}

/* Part of its memory into the tables of a new cell; false: that was the last. */
static bool map_some(struct cell *cell)
{
	struct pgtable *t = &cell->stage2;
	u32 n = cell->map_memory;

	if (n < cell->memory_count) {
		u64 offset = cell->map_offset, size = cell->memory[n].size;
		u32 flags = PG_READ | (cell->memory[n].flags & BLOB_MEM_WRITE ? PG_WRITE : 0) |
			    (cell->memory[n].flags & BLOB_MEM_EXEC ? PG_EXEC : 0);

		cell->map_offset += pgtable_map_part(t, (struct gpa){ cell->memory[n].gpa + offset },
						     (struct pa){ cell->memory[n].host + offset }, size - offset, flags, MAP_ROUNDS);
		if (cell->map_offset == size) {
			cell->map_memory++;
			cell->map_offset = 0;
		}
		return true;
	}
	for (u32 i = 0; i < cell->window_count; i++)
		window_get(cell->window[i])->ready = true;
	pgtable_map(t, (struct gpa){ cell->config.comm_gpa }, (struct pa){ cell->pool_base + PAGE_SIZE }, PAGE_SIZE, PG_READ | PG_WRITE);
	pool_unreserve(&cell->pool, cell->pool.reserved);
	return false;
}

static void release_range(struct ledger_entry *e)
{
	struct range r = range_pages(range_make(e->start, e->size));
	u16 owner = e->owner;

	ledger_remove(&ledger, e);
	if (owner == OWNER_ROOT_WINDOW || !ledger_root_owns(&ledger, LEDGER_MEMORY, r))
		return; /* never left it; registers of others in the same page */
	if (owner == OWNER_HEADER)
		root_unmap(r);
	root_map(r, PG_READ | PG_WRITE | PG_EXEC);
}

/* One range of a cell's, or of the window that ended, goes back to the root; false: none was left. A lost CPU stays taken. */
static bool release_one(u16 owner, u32 window)
{
	for (u32 n = ledger.count; n-- > 0;) {
		struct ledger_entry *e = &ledger.entry[n];

		if (e->use == USE_WINDOW ? e->index == window : e->owner == owner && e->kind != LEDGER_CPU) {
			release_range(e);
			return true;
		}
	}
	return false;
}

/* False: that was the last. */
static bool release_some(struct cell *cell)
{
	if (release_one(cell->id, WINDOW_MAX))
		return true;
	for (; cell->window_count > 0; cell->window_count--, cell->memory_count -= 2) {
		u32 id = cell->window[cell->window_count - 1];

		if (cell->memory[cell->memory_count - 1].flags & CELL_MEM_KEPT)
			continue;
		if (release_one(cell->id, id))
			return true;
		window_get(id)->memory.size = 0;
	}
	/* Lost CPUs are nobody's until the machine is reset. */
	for (u32 n = 0; n < ledger.count; n++)
		if (ledger.entry[n].owner == cell->id)
			ledger.entry[n].owner = OWNER_NOBODY;
	return false;
}

/* False: nothing was left to scrub. */
static bool scrub_some(struct cell *cell)
{
	u32 budget = SCRUB_PAGES;

	while (budget > 0 && cell->scrub_memory < scrub_regions(cell)) {
		struct range r = scrub_region(cell, cell->scrub_memory);
		u64 left = (r.size - cell->scrub_offset) >> PAGE_SHIFT;
		u32 pages = left < ARCH_WINDOW_PAGES ? (u32)left : ARCH_WINDOW_PAGES;

		if (pages == 0) {
			cell->scrub_memory++;
			cell->scrub_offset = 0;
			continue;
		}
		pages = pages < budget ? pages : budget;
		scrub_pages(r.start + cell->scrub_offset, pages);
		budget -= pages;
		cell->scrub_offset += pages * PAGE_SIZE;
	}
	return budget < SCRUB_PAGES;
}

bool commit_scrub(struct mgmt m, struct cell *cell)
{
	if (take_piece(m, cell) || scrub_some(cell) || (cell->state == CELL_DESTROYED ? release_some(cell) : map_some(cell)))
		return false;
	cell->scrub_pending = false;
	return true;
}

/* --- destroy ------------------------------------------------------------------------------------------------------- */

static void release_cpus(struct cell *cell)
{
	for (u32 i = 0; i < cell->cpu_count; i++) {
		struct cpu_slot *slot = &cpu_slots[cell->cpus[i]];
		u32 at = 0;
		struct ledger_entry *e;

		slot->cell = NULL;
		if (slot->state == CPU_LOST)
			continue;
		while ((e = ledger_next(&ledger, cell->id, &at)) != NULL)
			if (e->kind == LEDGER_CPU && e->start == slot->index) {
				ledger_remove(&ledger, e);
				break;
			}
		slot->vcpu = slot->index;
		store_release(&slot->power, POWER_OFF);
		atomic_and(&slot->request, ~(u32)(CPU_REQ_PARK | CPU_REQ_SUSPEND));
		slot->cell = cell_root();
		commit_root_irq_page(slot->index, true);
	}
}

/* Interrupts and ports. From the end of the ledger, so that little moves up when an entry goes. */
static void release_lines(struct cell *cell)
{
	for (u32 n = ledger.count; n-- > 0;) {
		struct ledger_entry *e = &ledger.entry[n];
		struct range r = range_make(e->start, e->size);
		u8 kind = e->kind;

		if (e->owner != cell->id || (kind != LEDGER_IRQ && kind != LEDGER_PIO))
			continue;
		arch_resource_move(kind, r, cell_root());
		ledger_remove(&ledger, e);
		if (kind == LEDGER_IRQ) {
			cell->irq_mask[r.start / 64] &= ~BIT64(r.start % 64);
			atomic_or(&cell_root()->irq_mask[r.start / 64], BIT64(r.start % 64));
		}
	}
}

/* The last one scrubs what they shared. */
static void leave_windows(struct mgmt m, struct cell *cell)
{
	u32 at = cell->memory_count - 2 * cell->window_count;

	for (u32 i = 0; i < cell->window_count; i++, at += 2) {
		u64 keep = window_leave(m, cell->window[i], cell) ? CELL_MEM_KEPT : 0;

		cell->memory[at].flags = CELL_MEM_SHARED | keep;
		cell->memory[at + 1].flags = CELL_MEM_SHARED | keep;
	}
}

void commit_destroy(struct mgmt m, struct cell *cell)
{
	root_unmap(range_make(cell->pool_base, POOL_FIXED_PAGES * PAGE_SIZE)); /* ring and comm page; no reader while they are scrubbed */
	taken(cell);
	leave_windows(m, cell);
	release_lines(cell);
	release_cpus(cell);
	cell->scrub_pending = true;
	cell->scrub_memory = 0;
	cell->scrub_offset = 0;
}

int commit_pool_reclaim(struct mgmt m, u64 base)
{
	struct ledger_entry *e;
	u32 at = 0;

	while ((e = ledger_next(&ledger, OWNER_HYPERVISOR, &at)) != NULL)
		if (e->kind == LEDGER_MEMORY && e->use == USE_POOL && e->start == base)
			break;
	if (e == NULL)
		return -BH_ENOENT;
	if (e->index == 0) {
		if (pool_free(&root_pool) < (e->size >> PAGE_SHIFT) + place_margin())
			return -BH_EBUSY;
		int err = pool_reclaim(&root_pool, base);
		if (err)
			return err;
		e->index = 1;
	}
	scrub_pages(base + (e->index - 1) * PAGE_SIZE, 1);
	if (e->index++ < e->size >> PAGE_SHIFT)
		return -BH_EAGAIN;
	struct range r = range_make(e->start, e->size);
	ledger_remove(&ledger, e);
	root_map(r, PG_READ | PG_WRITE | PG_EXEC); /* as it was unmapped, whole: that takes no page */
	return 0;
}
