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

static struct ledger_entry *end(const struct ledger *l)
{
	return l->entry + l->count;
}

/* The first entry of this kind that ends at or after `at`; the next kind's first, or the end, if there is none. */
static struct ledger_entry *lower_bound(const struct ledger *l, u32 kind, u64 at)
{
	struct ledger_entry *low = l->entry;
	u32 left = l->count;

	while (left > 0) {
		struct ledger_entry *middle = low + left / 2;

		if (middle->kind < kind || (middle->kind == kind && range_last(entry_range(middle)) < at)) {
			low = middle + 1;
			left--;
		}
		left /= 2;
	}
	return low;
}

/* Does r overlap its lower bound? */
static bool overlaps_at(const struct ledger *l, const struct ledger_entry *e, u32 kind, struct range r)
{
	return e < end(l) && e->kind == kind && e->start <= range_last(r);
}

/* The first entry that overlaps r, or NULL. */
static const struct ledger_entry *first_in(const struct ledger *l, u32 kind, struct range r)
{
	const struct ledger_entry *e = lower_bound(l, kind, r.start);

	return overlaps_at(l, e, kind, r) ? e : NULL;
}

int ledger_add(struct ledger *l, const struct ledger_entry *e)
{
	if (!range_ok(entry_range(e)) || e->owner == OWNER_ROOT || e->kind == 0)
		return -BH_EINVAL;

	struct ledger_entry *at = lower_bound(l, e->kind, e->start);

	if (overlaps_at(l, at, e->kind, entry_range(e)))
		return -BH_EBUSY;
	if (!ledger_has_room(l, 1))
		return -BH_ENOSPC;

	memmove(at + 1, at, (size_t)((char *)end(l) - (char *)at));
	*at = *e;
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
	l->count--;
	memmove(e, e + 1, (size_t)((char *)end(l) - (char *)e));
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
