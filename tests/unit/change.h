/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Changes of a table, at random or not, and a model of one entry per page that they are compared with. Before it: t, the table under
 * test, pool, where its pages come from, and base, the address where the window under test begins.
 */
#ifndef UNIT_CHANGE_H
#define UNIT_CHANGE_H

#define PAGES 2048 /* of the window of addresses under test */
#define RWX (PG_READ | PG_WRITE | PG_EXEC)
#define UNMAPPED (~0ull)

struct change {
	u64 gpa, pa, size;
	u32 flags; /* 0: unmap */
};

static struct {
	u64 pa;
	u32 flags;
} model[PAGES];
static u32 seed;

static u32 random_below(u32 n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % n;
}

static void model_reset(void)
{
	for (u32 i = 0; i < PAGES; i++)
		model[i].pa = UNMAPPED;
}

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

/* In table and model, with just the reservation counted for it: pool_take() panics where that is too small. */
static void change_apply(struct change c)
{
	u32 need = pages_counted(&c);

	assert_int_equal(pool_reserve(&pool, need), 0);
	if (fake_on_cpu(0, call_change, &c) != END_RETURNED)
		fail_msg("0x%llx size 0x%llx pa 0x%llx flags %u takes more than the %u pages counted", (unsigned long long)c.gpa,
			 (unsigned long long)c.size, (unsigned long long)c.pa, c.flags, need);
	pool_unreserve(&pool, pool.reserved);
	for (u64 i = (c.gpa - base) >> PAGE_SHIFT, n = 0; c.gpa >= base && i < PAGES && n < c.size >> PAGE_SHIFT; i++, n++) {
		model[i].pa = c.flags == 0 ? UNMAPPED : c.pa + n * PAGE_SIZE;
		model[i].flags = c.flags;
	}
}

static void compare(bool (*lookup)(u64 gpa, u64 *pa, u32 *flags))
{
	for (u32 i = 0; i < PAGES; i++) {
		u64 pa = 0;
		u32 flags = 0;
		bool mapped = lookup(base + i * PAGE_SIZE + 0x123, &pa, &flags);

		assert_int_equal(mapped, model[i].pa != UNMAPPED);
		if (!mapped)
			continue;
		assert_int_equal(pa, model[i].pa + 0x123);
		assert_int_equal(flags, model[i].flags);
	}
}

static struct change whole(u32 flags)
{
	return (struct change){ .gpa = base, .pa = base, .size = PAGES * PAGE_SIZE, .flags = flags };
}

/* odd: rights that a seventh of them has. */
static struct change random_change(u32 odd)
{
	const u32 flags[] = { 0, 0, RWX, RWX, RWX, PG_READ, odd };
	u32 first = random_below(PAGES);
	u32 longest = random_below(4) == 0 ? PAGES - first : PAGES - first < 40 ? PAGES - first : 40;
	struct change c = { .gpa = base + first * PAGE_SIZE, .size = (1 + random_below(longest)) * PAGE_SIZE };

	if (random_below(3) == 0) { /* whole blocks */
		u64 block = BIT64(t->geometry.shift[t->geometry.levels - 2]);

		c.gpa &= ~(block - 1);
		c.size = block;
		if (c.gpa < base || c.gpa + c.size > base + PAGES * PAGE_SIZE)
			return random_change(odd);
	}
	c.flags = flags[random_below(ARRAY_SIZE(flags))];
	c.pa = random_below(4) == 0 ? 0x7000000000ull + random_below(64) * PAGE_SIZE : c.gpa;
	return c;
}

#endif
