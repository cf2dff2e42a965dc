/* SPDX-License-Identifier: GPL-2.0-only */
/* Judge of the memory order contract; see order.h. One state per page of RAM. */
#include "fake.h"

#include <stdio.h>
#include <string.h>

#define PAGES (FAKE_RAM_SIZE >> PAGE_SHIFT)
#define JOURNAL 4096
#define MAX_BROKEN 64

enum clean_step { STEP_NONE, STEP_INVALIDATED, STEP_SCRUBBED, STEP_CLEANED };

struct page {
	u16 holder;    /* whose data may be in it */
	u16 mapped_by; /* + 1; 0: nobody's tables */
	u16 stale_of;  /* + 1; a flush of this owner is due */
	u16 table_of;  /* + 1 */
	u8 table_level;
	u8 rights;        /* of mapped_by */
	u8 step;          /* enum clean_step since the last holder lost it */
	bool dirty;       /* written by a load, not cleaned */
	bool claimed;     /* the hypervisor's own */
	bool table_stale; /* an unlinked table that walkers may still hold */
};

static struct page pages[PAGES];
static struct order_event journal[JOURNAL];
static u32 journal_count;
static u32 counts[ORDER_KINDS];
static const char *violation;
static struct {
	u64 entry;
	u16 owner;
} broken[MAX_BROKEN]; /* cleared live entries, flush due */
static u32 broken_count;
static bool cell_on[64];
static bool root_live;   /* seen in an event */
static u32 stale[PAGES]; /* pages a flush is due for */
static u32 stale_count;
static u32 dirty_count;

static const char *const kind_names[ORDER_KINDS] = {
	"map", "unmap", "table", "free", "break", "make", "flush", "clean", "scrub", "write", "on", "off", "claim",
};

void order_reset(void)
{
	memset(pages, 0, sizeof(pages)); /* the root, native, holds everything */
	memset(counts, 0, sizeof(counts));
	memset(cell_on, 0, sizeof(cell_on));
	journal_count = 0;
	broken_count = 0;
	stale_count = 0;
	dirty_count = 0;
	root_live = false;
	violation = NULL;
}

const char *order_violation(void)
{
	return violation;
}

u32 order_count(enum order_kind kind)
{
	return counts[kind];
}

void order_print(void)
{
	u32 first = journal_count > 40 ? journal_count - 40 : 0;

	for (u32 i = first; i < journal_count; i++) {
		const struct order_event *e = &journal[i % JOURNAL];

		fprintf(stderr, "  %-6s owner %u pa 0x%llx size 0x%llx detail %u%s\n", kind_names[e->kind], e->owner,
			(unsigned long long)e->pa, (unsigned long long)e->size, e->detail, e->live ? " live" : "");
	}
}

bool order_quiet;

static void broke(const char *rule)
{
	if (violation != NULL)
		return;
	violation = rule;
	if (order_quiet)
		return;
	fprintf(stderr, "memory order: rule '%s' broken by the last of:\n", rule);
	order_print();
}

static struct page *page_at(u64 pa)
{
	return pa >= FAKE_RAM_BASE && pa - FAKE_RAM_BASE < FAKE_RAM_SIZE ? &pages[(pa - FAKE_RAM_BASE) >> PAGE_SHIFT] : NULL;
}

/* --- rules ------------------------------------------------------------------------------------------------------------- */

/* Whose pages are of a window: several map them at once, and once zeroed they may all. */
static u16 window_owner(const struct page *p)
{
	u16 owner = ledger_owner(&ledger, LEDGER_MEMORY, FAKE_RAM_BASE + ((u64)(p - pages) << PAGE_SHIFT));

	return owner >= OWNER_HEADER && owner <= OWNER_WINDOW ? owner : 0;
}

/* Can a guest write to it now? The root's tables are built while nobody is under them. */
static bool reachable(const struct page *p)
{
	if (p->mapped_by == 0 || (p->rights & PG_WRITE) == 0 || (p->claimed && !root_live))
		return false;
	if (window_owner(p) == OWNER_ROOT_WINDOW)
		return false; /* the root is one of its peers: it may write what is zeroed for the others */
	return p->mapped_by == 1 || cell_on[p->mapped_by - 1];
}

static void set_stale(struct page *p, u16 owner)
{
	if (p->stale_of == 0)
		stale[stale_count++] = (u32)(p - pages);
	p->stale_of = owner + 1;
}

static void judge_map(struct page *p, const struct order_event *e)
{
	bool judged = e->live || e->owner != 0; /* the root's first tables are built before anybody is under them */
	u16 window = window_owner(p);
	u16 holder = window ? window : e->owner;

	if (judged && p->claimed && (e->detail & PG_WRITE) != 0)
		broke("map-of-claim");
	if (judged && p->mapped_by != e->owner + 1 && (window == 0 || p->holder != window) && reachable(p))
		broke("unmap-before-map");
	if (judged && p->stale_of != 0 && p->stale_of != e->owner + 1)
		broke("flush-before-map");
	if (e->owner == 0 && p->holder == OWNER_ROOT_WINDOW)
		p->holder = holder; /* the root was one of those that held it */
	if (judged && p->holder != holder && p->step != STEP_CLEANED && !p->claimed)
		broke(p->step == STEP_SCRUBBED ? "clean-before-map" : "scrub-before-map");
	p->mapped_by = e->owner + 1;
	p->rights = (u8)e->detail;
	p->holder = holder;
	p->step = STEP_NONE; /* all steps are due again for the next holder */
}

static void judge_unmap(struct page *p, const struct order_event *e)
{
	if (p->rights & PG_WRITE)
		p->step = STEP_NONE;
	p->mapped_by = 0;
	p->rights = 0;
	if (e->live)
		set_stale(p, e->owner);
}

static void judge_scrub(struct page *p)
{
	if (reachable(p))
		broke("unmap-before-scrub");
	if (p->stale_of != 0)
		broke(p->table_stale ? "flush-before-table-reuse" : "flush-before-scrub");
	/* Without clean+invalidate before it a scrub does not count: an old dirty line may land on top. Tables do not mind. */
	p->table_of = 0; /* zeroed to be used again: what is written to it before it is linked is seen by nobody */
	p->step = p->step >= STEP_INVALIDATED ? STEP_SCRUBBED : STEP_NONE;
}

static void judge_clean(struct page *p, u32 op)
{
	dirty_count -= p->dirty ? 1 : 0;
	p->dirty = false;
	if (op == CLEAN_INVALIDATE && !reachable(p) && p->stale_of == 0 && p->step == STEP_NONE)
		p->step = STEP_INVALIDATED;
	else if (p->step == STEP_SCRUBBED)
		p->step = STEP_CLEANED;
}

static void judge_table(struct page *p, const struct order_event *e)
{
	if (e->live && reachable(p))
		broke("table-reachable");
	if (e->live && p->stale_of != 0)
		broke(p->table_stale ? "flush-before-table-reuse" : "flush-before-table");
	p->table_of = e->owner + 1;
	p->table_level = (u8)e->detail;
	p->step = STEP_NONE;
}

static void judge_page(struct page *p, const struct order_event *e)
{
	switch (e->kind) {
	case ORDER_MAP: judge_map(p, e); break;
	case ORDER_UNMAP: judge_unmap(p, e); break;
	case ORDER_TABLE: judge_table(p, e); break;
	case ORDER_FREE:
		p->table_of = 0; /* what is written there before it is linked again is no entry */
		p->table_stale = e->live;
		if (e->live)
			set_stale(p, e->owner);
		break;
	case ORDER_CLEAN: judge_clean(p, e->detail); break;
	case ORDER_SCRUB: judge_scrub(p); break;
	case ORDER_WRITE:
		dirty_count += p->dirty ? 0 : 1;
		p->dirty = true;
		break;
	case ORDER_CLAIM: p->claimed = true; break;
	default: break;
	}
}

static void judge_on(u16 owner)
{
	for (u64 i = 0; i < PAGES && dirty_count > 0; i++)
		if (pages[i].mapped_by == owner + 1 && pages[i].dirty)
			broke("clean-before-run");
	cell_on[owner] = true;
}

static void judge_flush(u16 owner)
{
	u32 kept = 0;

	for (u32 i = 0; i < stale_count; i++) {
		struct page *p = &pages[stale[i]];

		if (p->stale_of != owner + 1) {
			stale[kept++] = stale[i];
			continue;
		}
		p->stale_of = 0;
		p->table_stale = false;
	}
	stale_count = kept;
	kept = 0;
	for (u32 i = 0; i < broken_count; i++)
		if (broken[i].owner != owner)
			broken[kept++] = broken[i];
	broken_count = kept;
}

/* An entry that was live and is cleared must be flushed before something else is written there. */
static void judge_entry(const struct order_event *e)
{
	if (e->kind == ORDER_BREAK) {
		if (broken_count < MAX_BROKEN) {
			broken[broken_count].entry = e->pa;
			broken[broken_count++].owner = e->owner;
		}
		return;
	}
	if (e->live && e->detail != 0)
		broke("break-before-make");
	for (u32 i = 0; i < broken_count; i++)
		if (broken[i].entry == e->pa)
			broke("flush-before-make");
}

void order_event(struct order_event e)
{
	journal[journal_count++ % JOURNAL] = e;
	counts[e.kind]++;
	root_live |= e.owner == 0 && e.live;
	if (e.kind == ORDER_FLUSH)
		judge_flush(e.owner);
	else if (e.kind == ORDER_ON)
		judge_on(e.owner);
	else if (e.kind == ORDER_OFF)
		cell_on[e.owner] = false;
	else if (e.kind == ORDER_BREAK || e.kind == ORDER_MAKE)
		judge_entry(&e);
	for (u64 at = page_base(e.pa); e.size != 0 && at < e.pa + e.size; at += PAGE_SIZE) {
		struct page *p = page_at(at);

		if (p != NULL)
			judge_page(p, &e);
	}
}

/* --- from entry writes to events --------------------------------------------------------------------------------------- */

/* Whose table an entry is in and at which level: a root, or known since it was linked. */
static const struct pgtable *owner_of(u64 entry, u32 *level)
{
	const struct page *p = page_at(entry);

	for (u32 i = 0; i < cell_capacity; i++) {
		const struct pgtable *t = &cells[i].stage2;

		if (i > 0 && cells[i].state == CELL_FREE)
			continue;
		*level = 0;
		if (range_has(range_make(t->root.v, t->geometry.root_pages * PAGE_SIZE), entry))
			return t;
	}
	if (p == NULL || p->table_of == 0 || p->table_of > cell_capacity)
		return NULL;
	*level = p->table_level;
	return &cells[p->table_of - 1].stage2;
}

/* An entry with all below it, as events of one kind for leaves and one for tables. */
static void subtree(const struct pgtable *t, u32 level, u64 pte, enum order_kind leaf, enum order_kind table)
{
	struct pa pa = { 0 };
	u32 flags = 0;
	enum pte_kind kind = arch_pte_decode(level, pte, &pa, &flags);

	if (kind == PTE_EMPTY)
		return;
	if (kind == PTE_LEAF) {
		order_event((struct order_event){ .kind = leaf,
						  .owner = t->owner,
						  .pa = pa.v,
						  .size = BIT64(t->geometry.shift[level]),
						  .detail = flags,
						  .live = t->live });
		return;
	}
	order_event((struct order_event){
		.kind = table, .owner = t->owner, .pa = pa.v, .size = PAGE_SIZE, .detail = level + 1, .live = t->live });
	for (u32 i = 0; i < t->geometry.entries[level + 1]; i++)
		subtree(t, level + 1, ((const u64 *)fake_memory(pa.v))[i], leaf, table);
}

void order_pte(u64 entry, u64 old, u64 pte)
{
	u32 level = 0;
	const struct pgtable *t = cells != NULL ? owner_of(entry, &level) : NULL;

	if (t == NULL || old == pte)
		return;
	if (old != 0) {
		subtree(t, level, old, ORDER_UNMAP, ORDER_FREE);
		if (t->live && pte == 0)
			order_event((struct order_event){ .kind = ORDER_BREAK, .owner = t->owner, .pa = entry });
	}
	if (pte != 0) {
		order_event(
			(struct order_event){ .kind = ORDER_MAKE, .owner = t->owner, .pa = entry, .detail = old != 0, .live = t->live });
		subtree(t, level, pte, ORDER_MAP, ORDER_TABLE);
	}
}
