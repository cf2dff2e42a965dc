// SPDX-License-Identifier: BSD-2-Clause
/*
 * Interrupts among the cell's own CPUs: a token goes round, then the first CPU calls all others at once. Parameter target = N: N such calls
 * between the marks "begin" and "end".
 */
#include "inmate.h"
#include "latency.h"

#define TOKEN_SGI 1
#define CALL_SGI 2
#define ROUNDS 100

static volatile u32 online, token_rounds, done;
static volatile u32 calls[INMATE_CPUS];
static volatile u64 sent;
static struct latency_record record;

static void token_take(u32 intid)
{
	u32 next = (cpu_index() + 1) % comm->cpu_count;

	(void)intid;
	latency_add(&record, counter_now() - sent);
	if (cpu_index() == 0 && ++token_rounds == ROUNDS)
		return;
	sent = counter_now();
	irq_send(1u << next, TOKEN_SGI);
}

static void call_take(u32 intid)
{
	(void)intid;
	calls[cpu_index()]++;
}

static void cpu_ready(void)
{
	irq_init();
	irq_enable(TOKEN_SGI, 0x60);
	irq_enable(CALL_SGI, 0x80);
	irqs_enable();
	__atomic_add_fetch(&online, 1, __ATOMIC_SEQ_CST);
}

static void other(u64 argument)
{
	(void)argument;
	cpu_ready();
	while (!done)
		cpu_idle();
}

static bool wait_for(const volatile u32 *value, u32 wanted)
{
	u64 start = counter_now();

	while (*value < wanted && counter_now() - start < 20 * counter_hz())
		;
	return *value >= wanted;
}

static u32 calls_make(u32 rounds)
{
	u32 before = calls[1], good = 0;

	for (u32 round = before + 1; round <= before + rounds; round++) {
		bool all = true;

		irq_send(((1u << comm->cpu_count) - 1) & ~1u, CALL_SGI);
		for (u32 i = 1; i < comm->cpu_count; i++)
			all = wait_for(&calls[i], round) && calls[i] == round && all;
		good += all;
	}
	return good;
}

static void calls_run(void)
{
	u32 marked = (u32)inmate_param()->target;
	u32 good = calls_make(ROUNDS);

	print("smp: %u of %u calls reached all others, %u myself\n", good, ROUNDS, calls[0]);
	if (marked == 0)
		return;
	mark("begin");
	good = calls_make(marked);
	mark("end");
	print("smp: %u of %u marked calls reached all others\n", good, marked);
}

int main(void)
{
	bool all;

	latency_reset(&record, counter_hz());
	irq_handle(TOKEN_SGI, token_take);
	irq_handle(CALL_SGI, call_take);
	cpu_ready();
	for (u32 i = 1; i < comm->cpu_count; i++) {
		int error = cpu_start(i, other, i);

		if (error != 0)
			print("smp: cpu %u does not start: %d\n", i, error);
	}
	all = wait_for(&online, comm->cpu_count);
	print("smp: online %s, %u cpus\n", all ? "all" : "not all", online);
	sent = counter_now();
	irq_send(1u << (1 % comm->cpu_count), TOKEN_SGI);
	all = wait_for(&token_rounds, ROUNDS);
	print("smp: token %s, %u rounds\n", all ? "came back" : "lost", token_rounds);
	calls_run();
	done = 1;
	irq_send(((1u << comm->cpu_count) - 1) & ~1u, CALL_SGI);
	latency_print(&record);
	print("smp: done\n");
	return 0;
}
