/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who owns what: one sorted array, disjoint within a kind, so the order of starts is also the order of ends. Pure; the
 * caller holds mgmt, or is the only thread.
 */
#include <bulkhead/ledger.h>
#include <bulkhead/string.h>

static struct range entry_range(const struct ledger_entry *e)
{
	return range_make(e->start, e->size);
}

void ledger_init(struct ledger *l, struct ledger_entry *storage, u32 capacity)
{
	*l = (struct ledger){ .entry = storage, .capacity = capacity };
}

/* Index of the first entry of this kind that ends at or after `at`; the next kind's first, or count, if there is none. */
static u32 lower_bound(const struct ledger *l, u32 kind, u64 at)
{
	u32 low = 0;
	u32 high = l->count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;
		const struct ledger_entry *e = &l->entry[middle];

		if (e->kind < kind || (e->kind == kind && range_last(entry_range(e)) < at))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Does r, whose lower bound is i, overlap an entry? */
static bool overlaps_at(const struct ledger *l, u32 i, u32 kind, struct range r)
{
	return i < l->count && l->entry[i].kind == kind && l->entry[i].start <= range_last(r);
}

/* The first entry that overlaps r, or NULL. */
static const struct ledger_entry *first_in(const struct ledger *l, u32 kind, struct range r)
{
	u32 i = lower_bound(l, kind, r.start);

	return overlaps_at(l, i, kind, r) ? &l->entry[i] : NULL;
}

int ledger_add(struct ledger *l, struct ledger_entry e)
{
	if (!range_ok(entry_range(&e)) || e.owner == OWNER_ROOT || e.kind == 0)
		return -BH_EINVAL;

	u32 at = lower_bound(l, e.kind, e.start);

	if (overlaps_at(l, at, e.kind, entry_range(&e)))
		return -BH_EBUSY;
	if (!ledger_has_room(l, 1))
		return -BH_ENOSPC;

	memmove(&l->entry[at + 1], &l->entry[at], (l->count - at) * sizeof(l->entry[0]));
	l->entry[at] = e;
	l->count++;
	return 0;
}

int ledger_check_free(const struct ledger *l, enum ledger_kind kind, struct range r, u16 *who)
{
	if (!range_ok(r))
		return -BH_EINVAL;

	const struct ledger_entry *e = first_in(l, kind, r);

	if (e == NULL)
		return 0;
	if (who != NULL)
		*who = e->owner;
	return -BH_EBUSY;
}

u16 ledger_owner(const struct ledger *l, enum ledger_kind kind, u64 at)
{
	const struct ledger_entry *e = first_in(l, kind, range_make(at, 1));

	return e != NULL ? e->owner : OWNER_ROOT;
}

struct ledger_entry *ledger_next(struct ledger *l, u16 owner, u32 *position)
{
	while (*position < l->count) {
		struct ledger_entry *e = &l->entry[(*position)++];

		if (e->owner == owner)
			return e;
	}
	return NULL;
}

void ledger_remove(struct ledger *l, struct ledger_entry *e)
{
	u32 at = (u32)(e - l->entry);

	memmove(e, e + 1, (l->count - at - 1) * sizeof(*e));
	l->count--;
}

bool ledger_has_room(const struct ledger *l, u32 n)
{
	return n <= l->capacity - l->count;
}

bool ledger_invariant(const struct ledger *l)
{
	if (l->count > l->capacity)
		return false;
	for (u32 i = 0; i < l->count; i++) {
		const struct ledger_entry *e = &l->entry[i];

		if (!range_ok(entry_range(e)) || e->owner == OWNER_ROOT)
			return false;
		if (i == 0 || e[-1].kind < e->kind)
			continue;
		if (e[-1].kind > e->kind || range_last(entry_range(&e[-1])) >= e->start)
			return false;
	}
	return true;
}
