// SPDX-License-Identifier: BSD-2-Clause
/*
 * The bench's cell: does each thing that costs an exit COUNT times between two marks, so that the plugin's figures divided by
 * COUNT are the cost of one. Row n stands between the marks 256 + 2n and 257 + 2n. Two CPUs.
 */
#include "rows.h"

#define IPI 1

static volatile u32 online, received, ticks;

static void on_ipi(u32 intid)
{
	(void)intid;
	received++;
}

static void on_tick(u64 deadline)
{
	(void)deadline;
	ticks++;
}

static void other(u64 argument)
{
	(void)argument;
	irq_init();
	irq_enable(IPI, 0x80);
	irqs_enable();
	online = 1;
	for (;;)
		arch_other();
}

static void timer_row(void)
{
	timer_start(on_tick, counter_hz() / 1000);
	irqs_enable();
	MARK(256 + 2 * ROW_TIMER);
	for (u32 end = ticks + COUNT; ticks < end;)
		cpu_idle();
	MARK(257 + 2 * ROW_TIMER);
	irqs_disable();
	timer_stop();
}

int main(void)
{
	MARK(255);
	irq_init();
	irq_handle(IPI, on_ipi);
	irq_enable(IPI, 0x80);
	if (cpu_start(1, other, 0) != 0)
		print("bench: the second CPU does not start\n");
	while (!online)
		arch_relax();
	ROW(ROW_NULL, hypercall(HC_NULL, 0, 0, 0, 0));
	ROW(ROW_IPI, irq_send(2, IPI));
	ROW(ROW_CONSOLE, hypercall(HC_CONSOLE_WRITE, 8, 0x2e2e2e2e2e2e2e2eull, 0, 0));
	print("\n");
	arch_rows();
	timer_row();
	print("bench: %s\n", received != 0 ? "done" : "the second CPU got no interrupt");
	return 0;
}
