/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What translations CPUs may still remember: a judge of second-stage tables in use. It looks at the tables' memory whenever the code
 * under test fences, drops translations or returns, so it knows what was stored, whoever stored it. Before it: PAGES_JUDGED, ROOT_PAGES,
 * ROOT, where the first of them is, EVERYWHERE, a bit for each that remembers, t, the table under test; and what entries mean:
 */
#ifndef UNIT_JUDGE_H
#define UNIT_JUDGE_H

#define ENTRIES (PAGES_JUDGED * 512)

static bool judge_is_valid(u64 pte);
/* The judged page an entry leads to as a table; PAGES_JUDGED: it is none. */
static u32 judge_table_of(u64 pte);

static struct pool pool;
static u64 base; /* of the window of addresses under test */
#include "change.h"

static struct {
	u64 seen[ENTRIES];
	u64 old[ENTRIES];        /* what may still be remembered */
	u8 stale[ENTRIES];       /* by whom */
	bool unordered[ENTRIES]; /* stored, and no fence since */
	bool reached[PAGES_JUDGED];
	u32 stale_count, unordered_count;
	u8 running; /* who can use what it remembers; EVERYWHERE at first */
	const char *violation;
} judge;

static void violate(const char *rule)
{
	if (judge.violation == NULL)
		judge.violation = rule;
}

static void reach(u32 page)
{
	if (page == PAGES_JUDGED || judge.reached[page])
		return;
	judge.reached[page] = true;
	for (u32 i = page * 512; i < (page + 1) * 512; i++) {
		reach(judge_table_of(judge.seen[i]));
		if (judge.stale[i] & judge.running)
			reach(judge_table_of(judge.old[i]));
	}
}

static void reach_all(void)
{
	memset(judge.reached, 0, sizeof(judge.reached));
	for (u32 page = 0; page < ROOT_PAGES; page++)
		reach(page);
}

/* One entry that was found changed. */
static void changed(u32 i, u64 now)
{
	u64 before = judge.seen[i];

	if (judge.reached[i / 512] && judge_is_valid(before)) {
		if (judge_is_valid(now))
			violate("a live entry became another");
		judge.stale_count += judge.stale[i] == 0;
		judge.stale[i] = EVERYWHERE;
		judge.old[i] = before;
	} else if (judge.reached[i / 512] && judge_is_valid(now) && judge.stale[i] & judge.running) {
		violate("an entry was made before its former translation was gone");
	}
	u32 table = judge_table_of(now);
	for (u32 n = 0; table != PAGES_JUDGED && judge.reached[i / 512] && n < 512; n++)
		if (judge.unordered[table * 512 + n])
			violate("a table was shown before its entries");
	judge.seen[i] = now;
}

/* What was stored since the last look. */
static void look(void)
{
	const u64 *memory = fake_memory(ROOT);
	static u32 found[ENTRIES];
	u32 pages = ROOT_PAGES + pool.chunk[0].fresh + 1;
	bool tables = false;
	u32 count = 0;

	for (u32 page = 0; page < pages; page++) {
		if (memcmp(&memory[page * 512], &judge.seen[page * 512], PAGE_SIZE) == 0)
			continue;
		for (u32 i = page * 512; i < (page + 1) * 512; i++)
			if (memory[i] != judge.seen[i]) {
				judge.unordered_count += !judge.unordered[i];
				judge.unordered[i] = true;
				found[count++] = i;
			}
	}
	for (u32 n = 0; n < count; n++) {
		tables |= judge_table_of(judge.seen[found[n]]) != judge_table_of(memory[found[n]]);
		changed(found[n], memory[found[n]]);
	}
	if (tables)
		reach_all();
}

/* What was stored so far is seen before what is stored from now on. */
static void ordered(void)
{
	look();
	if (judge.unordered_count != 0)
		memset(judge.unordered, 0, sizeof(judge.unordered));
	judge.unordered_count = 0;
}

/* They have no translation any more that was replaced before now. */
static void forget(u8 who)
{
	look();
	bool tables = false;

	for (u32 i = 0; i < ENTRIES && judge.stale_count != 0; i++) {
		if (!judge.stale[i] || judge.unordered[i])
			continue;
		tables |= judge_table_of(judge.old[i]) != PAGES_JUDGED;
		judge.stale[i] &= (u8)~who;
		judge.stale_count -= judge.stale[i] == 0;
	}
	if (tables)
		reach_all();
}

static void judge_reset(void)
{
	memset(&judge, 0, sizeof(judge));
	judge.running = EVERYWHERE;
	memcpy(judge.seen, fake_memory(ROOT), sizeof(judge.seen));
	reach_all();
}

/* What else must hold when a change is over. */
static void settled(void);

static void apply(struct change c)
{
	change_apply(c);
	settled();
	if (judge.violation != NULL)
		fail_msg("0x%llx size 0x%llx pa 0x%llx flags %u: %s", (unsigned long long)c.gpa, (unsigned long long)c.size,
			 (unsigned long long)c.pa, c.flags, judge.violation);
}

#endif
