// SPDX-License-Identifier: BSD-2-Clause
/*
 * A hostile guest that does what nobody thought of: random calls, accesses and registers, all from one number. Each run does ACTIONS
 * things a guest may do, then one it should not survive, or it switches itself off. Whoever starts it again (a monitor) gets the next
 * seed: the parameter page outlives a run. Nothing here judges; the test looks at those beside it.
 * Parameters: target: the first seed; option: an address of interest, in bit 0: tell each action before it is done.
 */
#include "fuzz.h"

#define ACTIONS 2000
#define FUZZ_TELL 1

static u64 streams[INMATE_CPUS];
static u8 scratch[65536] __attribute__((aligned(4096)));
static u8 code[INMATE_CPUS][FUZZ_CODE] __attribute__((aligned(4096)));
static u64 option, exceptions;

u64 fuzz_random(void)
{
	u64 *state = &streams[cpu_index()], z;

	z = (*state += 0x9e3779b97f4a7c15ull);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

u32 fuzz_below(u32 n)
{
	return (u32)((fuzz_random() >> 32) * n >> 32);
}

bool fuzz_chance(u32 in)
{
	return fuzz_below(in) == 0;
}

u64 fuzz_pick(const u64 *values, u32 count)
{
	return values[fuzz_below(count)];
}

u64 fuzz_own(void)
{
	return (u64)(uintptr_t)scratch + 4096 + fuzz_below(sizeof(scratch) - 8192);
}

u64 fuzz_value(void)
{
	u64 page = (fuzz_random() & 0xf) << 12;

	switch (fuzz_below(12)) {
	case 0: return 0;
	case 1: return ~0ull;
	case 2: return 1ull << fuzz_below(64);
	case 3: return (1ull << fuzz_below(64)) - 1;
	case 4: return fuzz_below(64);
	case 5: return fuzz_own();
	case 6: return (u64)(uintptr_t)comm + fuzz_below(8192);
	case 7: return comm->memory_gpa + comm->memory_size - 8 * fuzz_below(1024);
	case 8: return fuzz_controller();
	case 9: return (option & ~0xfffull) + page + fuzz_below(4096);
	case 10: return -(u64)fuzz_below(8192);
	default: return fuzz_random();
	}
}

u64 fuzz_anywhere(void)
{
	u64 address;

	switch (fuzz_below(6)) {
	case 0: address = (option & ~0xfffull) + fuzz_below(0x200000); break;
	case 1: address = comm->memory_gpa + comm->memory_size + fuzz_below(0x400000); break;
	case 2: address = fuzz_below(~0u); break;
	case 3: address = fuzz_random() & 0xffffffffffull; break;
	case 4: address = fuzz_controller() + (fuzz_below(64) << 12); break;
	default: address = fuzz_value();
	}
	map_range(address, 8, fuzz_chance(2) ? MAP_NORMAL : MAP_DEVICE);
	return address;
}

void *fuzz_code(void)
{
	return code[cpu_index()];
}

u64 fuzz_run(const u32 *words, u32 count, u64 a, u64 b, u64 c, u64 d)
{
	void *at = fuzz_code();

	memcpy(at, words, count * sizeof(*words));
	fuzz_code_sync(at, count * sizeof(*words));
	return ((u64(*)(u64, u64, u64, u64))(uintptr_t)at)(a, b, c, d);
}

void fuzz_access(u64 address, u32 width_log2)
{
	static u64 (*const load[FUZZ_WIDTHS])(u64) = { fuzz_load8, fuzz_load16, fuzz_load32, fuzz_load64 };
	static void (*const store[FUZZ_WIDTHS])(u64, u64) = { fuzz_store8, fuzz_store16, fuzz_store32, fuzz_store64 };

	if (fuzz_chance(2))
		store[width_log2](address, fuzz_value());
	else
		load[width_log2](address);
}

/* --- actions of every architecture ------------------------------------------------------------------------------------------- */

static void do_hypercall(u64 argument)
{
	u64 number = fuzz_below(HC_COUNT + 4);

	(void)argument;
	if (number == HC_CONSOLE_WRITE && !fuzz_chance(16))
		number = HC_NULL; /* the test reads that console */
	if (fuzz_chance(8))
		number = fuzz_below(HYPERCALL_RANGE);
	if (fuzz_chance(32))
		number = fuzz_random();
	hypercall(number, fuzz_value(), fuzz_value(), fuzz_value(), fuzz_value());
}

static void do_own_memory(u64 argument)
{
	(void)argument;
	fuzz_access(fuzz_own(), fuzz_below(FUZZ_WIDTHS));
}

/* Not the first words: who is asked to restart this guest believes them. */
static void do_comm_page(u64 argument)
{
	(void)argument;
	fuzz_access((u64)(uintptr_t)comm + sizeof(*comm) + fuzz_below(2048), fuzz_below(FUZZ_WIDTHS));
}

static void do_interrupts(u64 argument)
{
	(void)argument;
	irqs_enable();
	for (u32 i = 0; i < 16; i++)
		asm volatile("" ::: "memory");
	irqs_disable();
}

static void do_send(u64 argument)
{
	(void)argument;
	irq_send(fuzz_below(4), 1 + fuzz_below(15));
}

static const struct fuzz_act common_acts[] = {
	{ "hypercall", 20, do_hypercall },
	{ "own-memory", 4, do_own_memory },
	{ "comm-page", 2, do_comm_page },
	{ "interrupts", 1, do_interrupts },
	{ "send", 4, do_send },
	{ NULL, 0, NULL },
};

static void end_access(u64 argument)
{
	(void)argument;
	fuzz_access(fuzz_anywhere(), fuzz_below(FUZZ_WIDTHS));
}

static void end_execute(u64 argument)
{
	u64 at = fuzz_anywhere();

	(void)argument;
	if (at != 0)
		((void (*)(void))(uintptr_t)at)();
}

/* Whatever these bytes are: also jumps, traps, and changes of this guest's own tables. */
static void end_wild(u64 argument)
{
	u8 *at = fuzz_code();

	(void)argument;
	for (u32 round = 0; round < 64; round++) {
		for (u32 i = 0; i < 64; i++)
			at[i] = (u8)fuzz_random();
		fuzz_code_sync(at, 64);
		trap_guard((void (*)(u64))(uintptr_t)at, fuzz_value());
	}
}

static void end_off(u64 argument)
{
	(void)argument;
	machine_off();
}

static const struct fuzz_act common_ends[] = {
	{ "outside", 8, end_access }, { "execute", 2, end_execute }, { "wild", 6, end_wild }, { "off", 4, end_off }, { NULL, 0, NULL },
};

/* --- a run ------------------------------------------------------------------------------------------------------------------- */

static u32 weight_of(const struct fuzz_act *acts)
{
	u32 sum = 0;

	for (; acts->run != NULL; acts++)
		sum += acts->weight;
	return sum;
}

static const struct fuzz_act *choose(const struct fuzz_act *a, const struct fuzz_act *b)
{
	u32 of_a = weight_of(a), at = fuzz_below(of_a + weight_of(b));
	const struct fuzz_act *act = at < of_a ? a : b;

	for (at -= at < of_a ? 0 : of_a; at >= act->weight; act++)
		at -= act->weight;
	return act;
}

static void act(const struct fuzz_act *a, const struct fuzz_act *b)
{
	const struct fuzz_act *chosen = choose(a, b);
	bool tell = (option & FUZZ_TELL) && cpu_index() == 0;

	if (tell)
		print("fuzz: %s\n", chosen->name);
	if (!trap_guard(chosen->run, 0) && cpu_index() == 0)
		exceptions++;
	irqs_disable();
}

static void other_cpu(u64 seed)
{
	streams[cpu_index()] = ~seed;
	irq_init();
	for (;;)
		act(common_acts, fuzz_acts);
}

int main(void)
{
	volatile struct inmate_param *param = inmate_param();
	u64 seed = param->target;

	param->target = seed + 1;
	option = param->option;
	streams[0] = seed;
	print("fuzz: seed %lu, %lu runs before came to their end\n", seed, param->beat);
	irq_init();
	if (comm->cpu_count > 1 && fuzz_chance(2))
		cpu_start(1, other_cpu, seed);
	for (u32 i = 0; i < ACTIONS; i++) {
		comm->heartbeat++;
		act(common_acts, fuzz_acts);
	}
	param->beat++;
	print("fuzz: %u actions, %lu exceptions\n", ACTIONS, exceptions);
	act(common_ends, fuzz_ends);
	print("fuzz: survived its end\n");
	machine_off();
}
