/* SPDX-License-Identifier: GPL-2.0-only */
/* One change of a table, to be called by fake_on_cpu(). Before it: t, the table under test. */
#ifndef UNIT_CHANGE_H
#define UNIT_CHANGE_H

struct change {
	u64 gpa, pa, size;
	u32 flags; /* 0: unmap */
};

static void call_change(void *argument)
{
	const struct change *c = argument;

	if (c->flags == 0)
		pgtable_unmap(t, (struct gpa){ c->gpa }, c->size);
	else
		pgtable_map(t, (struct gpa){ c->gpa }, (struct pa){ c->pa }, c->size, c->flags);
}

static u32 pages_counted(const struct change *c)
{
	struct range r = range_make(c->gpa, c->size);

	return c->flags == 0 ? pgtable_count_unmap(&t->geometry, r) : pgtable_count_map(&t->geometry, r, c->pa);
}

#endif
