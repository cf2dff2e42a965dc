/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One walker over the second-stage tables of every architecture. Table memory is reached through one window slot per level,
 * so an entry pointer stays good while other levels are visited. The caller holds mgmt.
 *
 * Unmapping keeps tables that became empty: mapping the same range back then takes no page, so giving memory back cannot
 * fail. They go when the entries form one block again.
 */
#include <bulkhead/arch.h>
#include <bulkhead/pgtable.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

static u64 level_size(const struct pg_geometry *g, u32 level)
{
	return BIT64(g->shift[level]);
}

static bool is_last(const struct pg_geometry *g, u32 level)
{
	return level + 1 == g->levels;
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

/* Entries of size `size` that r touches but does not fill. */
static u32 partial_count(struct range r, u64 size)
{
	bool head = (r.start & (size - 1)) != 0;
	bool tail = ((range_last(r) + 1) & (size - 1)) != 0;

	if (((r.start ^ range_last(r)) & ~(size - 1)) == 0)
		return head || tail;
	return (u32)head + (u32)tail;
}

u32 pgtable_count_map(const struct pg_geometry *g, struct range gpa, u64 pa)
{
	u32 count = 0;

	for (u32 level = 0; !is_last(g, level); level++) {
		u64 size = level_size(g, level);

		if (level >= g->min_block_level && ((gpa.start ^ pa) & (size - 1)) == 0)
			count += partial_count(gpa, size);
		else /* no blocks: each entry touched holds a table */
			count += (u32)((range_last(gpa) >> g->shift[level]) - (gpa.start >> g->shift[level])) + 1;
	}
	return count;
}

u32 pgtable_count_unmap(const struct pg_geometry *g, struct range gpa)
{
	u32 count = 0;

	for (u32 level = g->min_block_level; !is_last(g, level); level++)
		count += partial_count(gpa, level_size(g, level));
	return count;
}

u32 pgtable_worst_unmap(const struct pg_geometry *g, u64 size, u64 align)
{
	u32 count = 0;

	for (u32 level = g->min_block_level; !is_last(g, level); level++) {
		u64 block = level_size(g, level);

		if (align >= block)
			count += (size & (block - 1)) != 0;
		else
			count += size <= align ? 1 : 2; /* not larger than its alignment: never across a block's border */
	}
	return count;
}

bool pgtable_covers(const struct pg_geometry *g, struct range gpa)
{
	return range_ok(gpa) && range_last(gpa) >> g->shift[0] < g->entries[0];
}

/* --- walking ------------------------------------------------------------------------------------------------------ */

static u64 *table_entry(const struct pgtable *t, u32 level, struct pa table, u32 index)
{
	u64 byte = (u64)index * sizeof(u64);
	u64 *page = arch_window(WINDOW_TABLE0 + level, (struct pa){ table.v + page_base(byte) }, 1); /* the root has several */

	CHECK(index < t->geometry.entries[level]);
	return page + (byte & (PAGE_SIZE - 1)) / sizeof(u64);
}

static u64 *entry_for(const struct pgtable *t, u32 level, struct pa table, u64 gpa)
{
	if (level > 0)
		gpa &= level_size(&t->geometry, level - 1) - 1;
	return table_entry(t, level, table, (u32)(gpa >> t->geometry.shift[level]));
}

/* Where a walk for one address ended: at the first entry that is not a table. */
struct spot {
	u32 level;
	u64 *entry;
	enum pte_kind kind; /* empty or leaf */
	struct pa pa;       /* leaf: what the whole entry maps to */
	u32 flags;
	struct pa table[PG_MAX_LEVELS]; /* on the way, down to level */
};

static void walk_down(const struct pgtable *t, u64 gpa, u32 deepest, struct spot *s)
{
	s->table[0] = t->root;
	for (s->level = 0;; s->level++) {
		s->entry = entry_for(t, s->level, s->table[s->level], gpa);
		s->kind = arch_pte_decode(s->level, *s->entry, &s->pa, &s->flags);
		if (s->kind != PTE_TABLE || s->level == deepest)
			return;
		s->table[s->level + 1] = s->pa;
	}
}

static void walk(const struct pgtable *t, u64 gpa, struct spot *s)
{
	walk_down(t, gpa, t->geometry.levels - 1, s);
}

/*
 * Break before make. Clearing first also orders the contents of a new table, written before, ahead of the entry that
 * shows it to walkers: arch_pte_link() completes earlier stores.
 */
static void entry_break(struct pgtable *t, u64 *entry, bool was_valid)
{
	arch_pte_link(entry, (struct pa){ 0 });
	if (was_valid && t->live)
		arch_stage2_flush(t->owner);
}

/* A table below an empty entry or a block; a block's translation stays the same. */
static void entry_split(struct pgtable *t, const struct spot *s)
{
	struct pa table = pool_take(t->pool);
	u32 below = s->level + 1;
	u32 entries = t->geometry.entries[below];
	u64 *first = table_entry(t, below, table, 0);

	if (s->kind == PTE_LEAF)
		arch_pte_fill(first, entries, below, s->pa, level_size(&t->geometry, below), s->flags);
	else
		memset(first, 0, entries * sizeof(*first));
	entry_break(t, s->entry, s->kind == PTE_LEAF);
	arch_pte_link(s->entry, table);
}

/* Gives back a table of this level and all below it; no walker can reach them any more. */
static void tables_free(struct pgtable *t, u32 level, struct pa table)
{
	struct pa path[PG_MAX_LEVELS];
	u32 index[PG_MAX_LEVELS];
	u32 at = level;
	struct pa pa;
	u32 flags;

	path[at] = table;
	index[at] = 0;
	for (;;) {
		if (!is_last(&t->geometry, at) && index[at] < t->geometry.entries[at]) {
			u64 pte = *table_entry(t, at, path[at], index[at]++);

			if (arch_pte_decode(at, pte, &pa, &flags) == PTE_TABLE) {
				path[++at] = pa;
				index[at] = 0;
			}
			continue;
		}
		pool_give(t->pool, path[at]);
		if (at-- == level)
			return;
	}
}

/* Do all entries of this table map one block of the level above? Looks from gpa on, where a difference is nearest. */
static bool table_is_block(const struct pgtable *t, u32 level, struct pa table, u64 gpa, struct pa *first, u32 *flags)
{
	const u64 *entry = table_entry(t, level, table, 0);
	u64 bytes = level_size(&t->geometry, level);
	u32 count = t->geometry.entries[level];
	u32 start = (u32)((gpa & (level_size(&t->geometry, level - 1) - 1)) / bytes);
	struct pa pa;
	u32 other;

	for (u32 n = 0; n < count; n++) {
		u32 i = start + n < count ? start + n : start + n - count;

		if (arch_pte_decode(level, entry[i], &pa, &other) != PTE_LEAF)
			return false;
		if (n == 0) {
			*first = (struct pa){ pa.v - i * bytes };
			*flags = other;
		}
		if (pa.v != first->v + i * bytes || other != *flags)
			return false;
	}
	return (first->v & (level_size(&t->geometry, level - 1) - 1)) == 0;
}

/* Turns the tables on the way to gpa back into blocks, deepest first, as far as they are ones. */
static __cold void path_merge(struct pgtable *t, u64 gpa)
{
	struct pa pa = { 0 };
	struct spot s;
	u32 flags = 0;

	walk(t, gpa, &s);
	for (u32 level = s.level; level > t->geometry.min_block_level; level--) {
		if (!table_is_block(t, level, s.table[level], gpa, &pa, &flags))
			return;
		u64 *entry = entry_for(t, level - 1, s.table[level - 1], gpa);

		entry_break(t, entry, true);
		arch_pte_fill(entry, 1, level - 1, pa, 0, flags);
		pool_give(t->pool, s.table[level]);
	}
}

/* --- changing ----------------------------------------------------------------------------------------------------- */

/* The highest level at which a leaf can map from gpa to pa without reaching beyond left bytes. */
static u32 leaf_level(const struct pg_geometry *g, u64 gpa, u64 pa, u64 left)
{
	u32 level = g->min_block_level;

	while (!is_last(g, level) && (((gpa | pa) & (level_size(g, level) - 1)) != 0 || left < level_size(g, level)))
		level++;
	return level;
}

/* Entries from this one on that left bytes cover whole, in the same page of the same table. */
static u32 run_length(const struct pgtable *t, const struct spot *s, u64 gpa, u64 left)
{
	u64 bytes = level_size(&t->geometry, s->level);
	u64 here = (PAGE_SIZE - ((uintptr_t)s->entry & (PAGE_SIZE - 1))) / sizeof(u64);
	u64 whole = left / bytes;

	if (s->level > 0) {
		u64 span = level_size(&t->geometry, s->level - 1);
		u64 table = (span - (gpa & (span - 1))) / bytes;

		here = table < here ? table : here;
	}
	return (u32)(whole < here ? whole : here);
}

/* The empty ones of such a run; if a block of this level fits the first, none further on fits a larger one: they are not aligned to it. */
static u32 empty_run(const struct pgtable *t, const struct spot *s, u64 gpa, u64 left)
{
	u32 count = run_length(t, s, gpa, left), n = 1;
	struct pa other;
	u32 flags;

	while (n < count && arch_pte_decode(s->level, s->entry[n], &other, &flags) == PTE_EMPTY)
		n++;
	return n;
}

/* Takes away the leaves of such a run; the first is one. Returns how many entries were passed. */
static u32 clear_run(const struct pgtable *t, const struct spot *s, u64 gpa, u64 left)
{
	u32 count = run_length(t, s, gpa, left);
	struct pa other;
	u32 flags, n = 0;

	do
		arch_pte_link(&s->entry[n++], (struct pa){ 0 });
	while (n < count && arch_pte_decode(s->level, s->entry[n], &other, &flags) == PTE_LEAF);
	return n;
}

u64 pgtable_map_part(struct pgtable *t, struct gpa gpa, struct pa pa, u64 size, u32 flags, u32 rounds)
{
	u64 done = 0;

	CHECK(pgtable_covers(&t->geometry, range_make(gpa.v, size)));
	for (; done < size && rounds > 0; rounds--) {
		u32 target = leaf_level(&t->geometry, gpa.v + done, pa.v + done, size - done);
		struct spot s;

		walk_down(t, gpa.v + done, target, &s);
		u64 bytes = level_size(&t->geometry, s.level);
		u64 within = (gpa.v + done) & (bytes - 1);

		if (s.kind == PTE_LEAF && s.pa.v + within == pa.v + done && s.flags == flags) {
			done += bytes - within < size - done ? bytes - within : size - done; /* there already */
		} else if (s.level < target) {
			entry_split(t, &s); /* and walk again */
		} else {
			u32 run = s.kind == PTE_EMPTY ? empty_run(t, &s, gpa.v + done, size - done) : 1;

			if (s.kind != PTE_EMPTY)
				entry_break(t, s.entry, true);
			arch_pte_fill(s.entry, run, s.level, (struct pa){ pa.v + done }, bytes, flags);
			if (s.kind == PTE_TABLE)
				tables_free(t, s.level + 1, s.pa);
			done += run * bytes;
		}
	}
	return done;
}

void pgtable_map(struct pgtable *t, struct gpa gpa, struct pa pa, u64 size, u32 flags)
{
	pgtable_map_part(t, gpa, pa, size, flags, UINT32_MAX);
	if (t->live) { /* a cell's are built once; tables between the two ends were replaced by blocks where that was possible */
		path_merge(t, gpa.v);
		path_merge(t, gpa.v + size - 1);
	}
}

void pgtable_unmap(struct pgtable *t, struct gpa gpa, u64 size)
{
	u64 done = 0;
	bool cleared = false;

	CHECK(pgtable_covers(&t->geometry, range_make(gpa.v, size)));
	while (done < size) {
		struct spot s;

		walk(t, gpa.v + done, &s);
		u64 bytes = level_size(&t->geometry, s.level);
		u64 within = (gpa.v + done) & (bytes - 1);

		if (s.kind == PTE_LEAF && (within != 0 || size - done < bytes)) {
			entry_split(t, &s);
			continue;
		}
		if (s.kind == PTE_LEAF) {
			done += clear_run(t, &s, gpa.v + done, size - done) * bytes;
			cleared = true;
			continue;
		}
		done += bytes - within < size - done ? bytes - within : size - done;
	}
	if (cleared && t->live)
		arch_stage2_flush(t->owner);
}

/* --- looking ------------------------------------------------------------------------------------------------------ */

bool pgtable_query(const struct pgtable *t, struct gpa gpa, struct pa *pa, u32 *flags)
{
	if (!pgtable_covers(&t->geometry, range_make(gpa.v, 1)))
		return false;

	struct spot s;

	walk(t, gpa.v, &s);
	if (s.kind != PTE_LEAF)
		return false;
	pa->v = s.pa.v + (gpa.v & (level_size(&t->geometry, s.level) - 1));
	*flags = s.flags;
	return true;
}

u32 pgtable_small_pages(const struct pgtable *t, struct range gpa)
{
	const struct pg_geometry *g = &t->geometry;
	u32 count = 0;
	u64 done = 0;

	if (g->levels < 2 || g->min_block_level + 1 >= g->levels)
		return 0;

	u64 block = level_size(g, g->levels - 2);

	while (done < gpa.size) {
		u64 at = gpa.start + done;
		struct spot s;

		walk(t, at, &s);
		u64 bytes = level_size(g, s.level);

		if (s.kind == PTE_LEAF && is_last(g, s.level) && ((at ^ s.pa.v) & (block - 1)) == 0 &&
		    range_contains(gpa, range_make(at & ~(block - 1), block)))
			count++;
		done += bytes - (at & (bytes - 1));
	}
	return count;
}
