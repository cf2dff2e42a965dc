// SPDX-License-Identifier: BSD-2-Clause
/*
 * Time is the TSC; the APIC's timer, whose frequency nobody tells, is measured against it once. Periodic without drift: each deadline
 * is the last one plus the period. A timer that goes off early, by the error of that measurement, waits for its deadline.
 */
#include "apic.h"

#define MEASURE_PART 100 /* of a second */
#define FRACTION 32      /* bits of timer_ratio */

static struct {
	void (*tick)(u64 deadline);
	u64 deadline, period;
} timers[INMATE_CPUS];
static u64 timer_ratio; /* timer ticks for a counter tick */

u64 counter_now(void)
{
	u32 low, high;

	asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (u64)high << 32 | low;
}

u64 counter_hz(void)
{
	return comm->counter_hz;
}

/* Both clocks at one time: the best of a few tries, as anything may come between the two. */
static u32 timer_at(u64 *counter)
{
	u64 best = ~0ull;
	u32 value = 0;

	for (u32 i = 0; i < 16; i++) {
		u64 before = counter_now();
		u32 timer = (u32)msr_read(X2APIC_TIMER_CURRENT);
		u64 took = counter_now() - before;

		if (took < best) {
			best = took;
			value = timer;
			*counter = before + took / 2;
		}
	}
	return value;
}

static void measure(void)
{
	u64 from, to;
	u32 first, last;

	msr_write(X2APIC_TIMER_DIVIDE, TIMER_DIVIDE_BY_1);
	msr_write(X2APIC_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
	msr_write(X2APIC_TIMER_INITIAL, ~0u);
	first = timer_at(&from);
	spin(counter_hz() / MEASURE_PART);
	last = timer_at(&to);
	msr_write(X2APIC_TIMER_INITIAL, 0);
	timer_ratio = ((u64)(first - last) << FRACTION) / (to - from);
}

static void deadline_set(u64 deadline)
{
	u64 now = counter_now();
	u64 ticks = deadline > now ? (u64)((unsigned __int128)(deadline - now) * timer_ratio >> FRACTION) : 0;

	msr_write(X2APIC_TIMER_INITIAL, ticks == 0 ? 1 : ticks > ~0u ? ~0u : ticks);
}

void port_irq_timer(void)
{
	u32 cpu = cpu_index();
	u64 deadline = timers[cpu].deadline;
	u64 now = counter_now();

	if (now < deadline && deadline - now > timers[cpu].period / 8) {
		deadline_set(deadline); /* longer than the timer can count */
		return;
	}
	while (counter_now() < deadline)
		;
	timers[cpu].deadline += timers[cpu].period;
	deadline_set(timers[cpu].deadline);
	timers[cpu].tick(deadline);
}

void timer_start(void (*tick)(u64 deadline), u64 period)
{
	u32 cpu = cpu_index();

	if (timer_ratio == 0)
		measure();
	timers[cpu].tick = tick;
	timers[cpu].period = period;
	timers[cpu].deadline = counter_now() + period;
	msr_write(X2APIC_TIMER_DIVIDE, TIMER_DIVIDE_BY_1);
	msr_write(X2APIC_LVT_TIMER, VECTOR_TIMER);
	deadline_set(timers[cpu].deadline);
}

void timer_stop(void)
{
	msr_write(X2APIC_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
	msr_write(X2APIC_TIMER_INITIAL, 0);
}
