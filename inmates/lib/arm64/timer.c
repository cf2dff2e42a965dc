// SPDX-License-Identifier: BSD-2-Clause
/* The virtual timer, PPI 27: direct, no exits. Periodic without drift: each deadline is the last one plus the period. */
#include "port.h"

#define TIMER_INTID 27
#define TIMER_PRIORITY 0x80

static struct {
	void (*tick)(u64 deadline);
	u64 deadline, period;
} timers[INMATE_CPUS];

u64 counter_now(void)
{
	asm volatile("isb");
	return sysreg_read(cntvct_el0);
}

u64 counter_hz(void)
{
	return sysreg_read(cntfrq_el0);
}

static void timer_irq(u32 intid)
{
	u32 cpu = cpu_index();
	u64 deadline = timers[cpu].deadline;

	(void)intid;
	/* The level must fall before the interrupt ends, or it comes at once again. */
	timers[cpu].deadline += timers[cpu].period;
	sysreg_write(cntv_cval_el0, timers[cpu].deadline);
	asm volatile("isb");
	timers[cpu].tick(deadline);
}

void timer_start(void (*tick)(u64 deadline), u64 period)
{
	u32 cpu = cpu_index();

	timers[cpu].tick = tick;
	timers[cpu].period = period;
	timers[cpu].deadline = counter_now() + period;
	irq_handle(TIMER_INTID, timer_irq);
	irq_enable(TIMER_INTID, TIMER_PRIORITY);
	sysreg_write(cntv_cval_el0, timers[cpu].deadline);
	sysreg_write(cntv_ctl_el0, 1);
	asm volatile("isb");
}

void timer_stop(void)
{
	sysreg_write(cntv_ctl_el0, 0);
	asm volatile("isb");
	irq_disable(TIMER_INTID);
}
