// SPDX-License-Identifier: BSD-2-Clause
/*
 * The supervisor timer: stimecmp where the CPU has it (Sstc), then without exits, else by firmware call. Periodic without drift: each
 * deadline is the last one plus the period.
 */
#include "port.h"

#define TIME_SET_TIMER 0

static struct {
	void (*tick)(u64 deadline);
	u64 deadline, period;
	bool own_compare;
} timers[INMATE_CPUS];

u64 counter_now(void)
{
	return csr_read(time);
}

u64 counter_hz(void)
{
	return comm->counter_hz;
}

static bool compare_works(void)
{
	u64 trapped = 0;

	trap_expect(&trapped);
	csr_write(CSR_STIMECMP, ~0ull);
	trap_expect(NULL);
	return trapped == 0;
}

static void deadline_set(u32 cpu, u64 deadline)
{
	if (timers[cpu].own_compare)
		csr_write(CSR_STIMECMP, deadline);
	else
		sbi_call(SBI_EXT_TIME, TIME_SET_TIMER, deadline, 0, 0, 0, 0);
}

void port_irq_timer(void)
{
	u32 cpu = cpu_index();
	u64 deadline = timers[cpu].deadline;

	timers[cpu].deadline += timers[cpu].period;
	deadline_set(cpu, timers[cpu].deadline);
	timers[cpu].tick(deadline);
}

void timer_start(void (*tick)(u64 deadline), u64 period)
{
	u32 cpu = cpu_index();

	timers[cpu].own_compare = compare_works();
	timers[cpu].tick = tick;
	timers[cpu].period = period;
	timers[cpu].deadline = counter_now() + period;
	deadline_set(cpu, timers[cpu].deadline);
	csr_set(sie, SIE_TIMER);
}

void timer_stop(void)
{
	csr_clear(sie, SIE_TIMER);
	deadline_set(cpu_index(), ~0ull);
}
