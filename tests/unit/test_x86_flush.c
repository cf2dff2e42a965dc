/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The flush of x86's second stage against a CPU that comes and goes: all orders in which the two can happen, with the stores of each
 * held back as x86 may (a FIFO per CPU, which a fence or an exchange empties). No CPU may reach a page by a translation that was
 * taken away once the flush is over, and the flush ends. Sequences of changes are the matter of test_x86_stage2.c.
 */
#undef _GNU_SOURCE /* ucontext.h has the names of the host's registers with it, which are ours */
#define arch_facts x86_facts
#define arch_counter x86_counter
#define arch_cpu_kick x86_cpu_kick
#define arch_stage2_geometry x86_stage2_geometry
#define arch_pte_fill x86_pte_fill
#define arch_pte_decode x86_pte_decode
#define arch_pte_link x86_pte_link
#define arch_stage2_flush x86_stage2_flush
#define arch_cell_create x86_cell_create
#define arch_cell_stage2 x86_cell_stage2
#include "x86.h"

#include <bulkhead/lock.h>
#include <ucontext.h>

static u32 model_load(u32 *p);
static void model_store(u32 *p, u32 value);
static u32 model_swap(u32 *p, u32 value);
#undef load_acquire
#undef store_release
#undef atomic_swap
#define load_acquire(p) model_load(p)
#define store_release(p, v) model_store((p), (v))
#define atomic_swap(p, v) model_swap((p), (v))
#include "../../hypervisor/arch/x86/stage2.c"

/* The IO-APIC is the matter of test_x86_ioapic.c. */
void port_doors_close(struct pa root_map)
{
	(void)root_map;
}

void ioapic_cell_create(struct cell *cell, const struct cell_plan *plan)
{
	(void)cell;
	(void)plan;
}

/* --- two CPUs, one at a time -------------------------------------------------------------------------------------------- */

enum { FLUSHER, RUNNER, AGENTS };
#define HELD 8
#define ROUNDS 2
#define MAX_CHOICES 200
#define STATES (1u << 20)
#define STACK (256 << 10)

struct agent {
	ucontext_t context;
	char *stack;
	bool done, asleep; /* asleep: goes on when something has changed */
	struct {
		u32 *p, value, before;
	} held[HELD]; /* stores the other does not see yet, oldest first */
	u32 held_count;
	u64 history; /* hash of all it did and saw: what it does next follows from that */
};

static struct {
	struct agent agent[AGENTS];
	u32 turn;
	ucontext_t scheduler;
	/* the world: one page, mapped at first */
	u32 entry;
	bool given;      /* the page is somebody else's */
	bool translated; /* the runner's CPU remembers the entry as it was */
	bool kicked;
	u32 changes; /* of what both see */
	const char *violation;
	/* the choices of this run: which of how many */
	u8 choice[MAX_CHOICES], choices[MAX_CHOICES];
	u32 choice_count, prefix; /* made; as in the run before */
	u64 state[STATES];        /* hashes of those that were looked at; 0: free */
	u32 state_count;
} w;

struct arch_facts x86_facts;

static void violate(const char *rule)
{
	if (w.violation == NULL)
		w.violation = rule;
}

static u32 choose(u32 count)
{
	u32 n = w.choice_count++;

	assert_true(n < MAX_CHOICES);
	w.choices[n] = (u8)count;
	return w.choice[n];
}

static u64 mix(u64 hash, u64 value)
{
	return (hash ^ value) * 0x9e3779b97f4a7c15ull >> 7 ^ (hash << 29) ^ value;
}

static void saw(u64 value)
{
	struct agent *a = &w.agent[w.turn];

	a->history = mix(a->history, value + 1);
}

/* Its own stores are in place while a CPU runs, and taken back when the other does. */
static void show_held(struct agent *a)
{
	for (u32 i = 0; i < a->held_count; i++) {
		a->held[i].before = *a->held[i].p;
		*a->held[i].p = a->held[i].value;
	}
}

static void hide_held(struct agent *a)
{
	for (u32 i = a->held_count; i-- > 0;)
		*a->held[i].p = a->held[i].before;
}

/* Anything may happen before this CPU's next step. */
static void step(void)
{
	struct agent *a = &w.agent[w.turn];

	saw(0); /* that it came here */
	hide_held(a);
	assert_int_equal(swapcontext(&a->context, &w.scheduler), 0);
	show_held(a);
}

static void drain_one(struct agent *a)
{
	*a->held[0].p = a->held[0].value;
	w.changes++;
	memmove(&a->held[0], &a->held[1], --a->held_count * sizeof(a->held[0]));
}

static void sleep_until_changed(void)
{
	w.agent[w.turn].asleep = true;
	step();
}

static u32 model_load(u32 *p)
{
	step();
	saw(*p);
	return *p;
}

static void model_store(u32 *p, u32 value)
{
	struct agent *a = &w.agent[w.turn];

	assert_true(a->held_count < HELD);
	hide_held(a);
	a->held[a->held_count].p = p;
	a->held[a->held_count++].value = value;
	show_held(a);
}

void fence_all(void)
{
	while (w.agent[w.turn].held_count != 0)
		sleep_until_changed();
}

static u32 model_swap(u32 *p, u32 value)
{
	fence_all();
	step();
	u32 before = *p;
	*p = value;
	w.changes++;
	saw(before);
	return before;
}

void cpu_pause(void)
{
	sleep_until_changed();
}

u64 x86_counter(void)
{
	return 0;
}

u64 read_cr4(void)
{
	return 0;
}

/* apic.c fences before it sends. */
void x86_cpu_kick(const struct cpu_slot *slot)
{
	assert_int_equal(slot->index, RUNNER);
	fence_all();
	step();
	w.kicked = true;
	w.changes++;
}

/* --- what they do ------------------------------------------------------------------------------------------------------- */

static struct cpu_slot slots[AGENTS];
static struct cpu cpu_of[AGENTS];
static struct cell cell_table[2];

static void flusher(void)
{
	model_store(&w.entry, 0);
	x86_stage2_flush(1);
	step();
	w.given = true;
	w.agent[FLUSHER].done = true;
	w.changes++;
	step();
}

static void guest_access(void)
{
	step();
	if (!w.translated && w.entry == 0) /* a nested page fault */
		return;
	w.translated = true;
	if (w.given)
		violate("a page that was given away is reached");
}

static void runner(void)
{
	for (u32 round = 0; round < ROUNDS; round++) {
		if (stage2_enter(&cpu_of[RUNNER]))
			w.translated = false;
		guest_access();
		/* A guest has exits of its own, or runs until it is made to leave; if nobody does, for ever. */
		bool stays = round + 1 == ROUNDS || choose(2) == 0;
		saw(stays);
		while (stays && !w.kicked && !w.agent[FLUSHER].done)
			sleep_until_changed();
		guest_access();
		w.kicked = false;
		stage2_leave(&cpu_of[RUNNER]);
	}
	fence_all();
	w.agent[RUNNER].done = true;
	step();
}

static void world_start(void)
{
	static void (*const program[AGENTS])(void) = { flusher, runner };

	memset(run_count, 0, sizeof(run_count));
	memset(flush_wanted, 0, sizeof(flush_wanted));
	w.entry = 1;
	w.translated = true; /* it ran before */
	w.given = w.kicked = false;
	w.violation = NULL;
	w.choice_count = 0;
	for (u32 i = 0; i < AGENTS; i++) {
		struct agent *a = &w.agent[i];

		a->done = a->asleep = false;
		a->held_count = 0;
		a->history = 0;
		assert_int_equal(getcontext(&a->context), 0);
		a->context.uc_stack.ss_sp = a->stack;
		a->context.uc_stack.ss_size = STACK;
		a->context.uc_link = NULL;
		makecontext(&a->context, program[i], 0);
	}
}

/* Steps: 0 and 1, an agent goes on; 2 and 3, its oldest held store is seen. */
static bool step_possible(u32 n)
{
	const struct agent *a = &w.agent[n % AGENTS];

	return n < AGENTS ? !a->done && !a->asleep : a->held_count != 0;
}

static u64 state_hash(void)
{
	u64 hash = mix(w.entry | (u64)w.given << 1 | (u64)w.translated << 2 | (u64)w.kicked << 3, 1);

	for (u32 i = 0; i < AGENTS; i++) {
		const struct agent *a = &w.agent[i];

		hash = mix(mix(hash, run_count[i]), flush_wanted[i]);
		hash = mix(mix(hash, a->history), (u64)a->done | (u64)a->asleep << 1 | (u64)a->held_count << 2);
		for (u32 n = 0; n < a->held_count; n++)
			hash = mix(mix(hash, (u64)(uintptr_t)a->held[n].p), a->held[n].value);
	}
	return hash | 1;
}

/* What follows from it was or will be looked at. */
static bool state_known(void)
{
	u64 hash = state_hash();
	u32 at = (u32)(hash >> 20) % STATES;

	for (; w.state[at] != 0; at = (at + 1) % STATES)
		if (w.state[at] == hash)
			return true;
	assert_true(++w.state_count < STATES / 2);
	w.state[at] = hash;
	return false;
}

static void world_run(void)
{
	world_start();
	for (;;) {
		if (w.choice_count >= w.prefix && state_known())
			return;
		u32 possible[2 * AGENTS], count = 0;

		for (u32 n = 0; n < 2 * AGENTS; n++)
			if (step_possible(n))
				possible[count++] = n;
		if (count == 0)
			break;
		u32 n = possible[count == 1 ? 0 : choose(count)], before = w.changes;
		if (n < AGENTS) {
			w.turn = n;
			assert_int_equal(swapcontext(&w.scheduler, &w.agent[n].context), 0);
		} else {
			n -= AGENTS;
			drain_one(&w.agent[n]);
			w.agent[n].asleep = false;
		}
		for (u32 i = 0; i < AGENTS && w.changes != before; i++)
			if (i != n)
				w.agent[i].asleep = false;
	}
	if (!w.agent[FLUSHER].done)
		violate("the flush never ends");
	else if (!w.agent[RUNNER].done)
		violate("the guest's CPU never goes on");
}

static void choices_first(void)
{
	memset(w.choice, 0, sizeof(w.choice));
	memset(w.state, 0, sizeof(w.state));
	w.prefix = w.state_count = 0;
}

/* The next combination of choices in order; false: that was the last. */
static bool choices_next(void)
{
	u32 n = w.choice_count;

	while (n-- > 0) {
		if (++w.choice[n] < w.choices[n]) {
			memset(&w.choice[n + 1], 0, MAX_CHOICES - n - 1);
			w.prefix = n + 1;
			return true;
		}
	}
	return false;
}

/* [ISO-340] no order of a flush and of a CPU that enters and leaves its guest lets it reach what was taken away, or stops either */
static void all_orders(void **state)
{
	u32 runs = 0;

	(void)state;
	choices_first();
	do {
		world_run();
		runs++;
		if (w.violation != NULL)
			fail_msg("%s, in order %u", w.violation, runs);
	} while (choices_next());
	print_message("%u orders, %u states\n", runs, w.state_count);
	assert_true(w.state_count > 1000);
}

/* [HARN-001] the model: without a flush it finds the order in which the page is reached */
static void found(void **state)
{
	(void)state;
	choices_first();
	cpu_count = 0; /* nobody to flush */
	do
		world_run();
	while (w.violation == NULL && choices_next());
	cpu_count = AGENTS;
	assert_string_equal(w.violation, "a page that was given away is reached");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(found), cmocka_unit_test(all_orders) };

	cells = cell_table;
	cell_table[1].id = 1;
	cpu_slots = slots;
	cpu_count = AGENTS;
	x86_facts.counter_hz = 1;
	for (u32 i = 0; i < AGENTS; i++) {
		cpu_of[i].index = slots[i].index = i;
		slots[i].cell = &cell_table[i];
		w.agent[i].stack = malloc(STACK);
	}
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	for (u32 i = 0; i < AGENTS; i++)
		free(w.agent[i].stack);
	return failed;
}
