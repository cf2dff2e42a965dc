// SPDX-License-Identifier: BSD-2-Clause
/*
 * A periodic timer at 1 kHz with the histogram of its handler's latency, in counter ticks from the deadline to the handler.
 * Parameter target = N: N ticks between the marks "begin" and "end", in which nothing is printed and nothing trapped, then the histogram.
 * Without it: the histogram after 2 s. Then "tick N" once a second.
 * Asked to shut down it does, but with option 1: it refuses, 2: it takes note and goes on.
 */
#include "inmate.h"
#include "latency.h"

#define RATE 1000

static struct latency_record record, shown;
static volatile u64 ticks;
static u64 missed, last;

static void tick(u64 deadline)
{
	u64 now = counter_now();

	latency_add(&record, now - deadline);
	/* Whole periods that went by before the handler ran; the timer then catches up tick by tick. */
	if (now - deadline > counter_hz() / RATE)
		missed++;
	last = now;
	ticks++;
	comm->heartbeat = ticks;
	inmate_param()->beat = ticks;
}

static void wait_until(u64 count)
{
	while (ticks < count)
		cpu_idle();
}

static void marked_run(u64 count)
{
	u64 begin;

	mark("begin");
	begin = ticks;
	latency_reset(&record, counter_hz());
	wait_until(begin + count);
	mark("end");
	print("ticker: %lu ticks between the marks, %lu late by a period or more\n", count, missed);
}

static void end(u64 option)
{
	print("ticker: asked to shut down%s\n", option == 1 ? ", and will not" : "");
	if (option == 0)
		machine_off();
	if (option == 1)
		shutdown_refuse();
}

int main(void)
{
	u64 count = inmate_param()->target;
	u64 second = 0;

	print("ticker: cell %s, %u Hz, counter %lu Hz\n", comm->cell, RATE, counter_hz());
	irq_init();
	latency_reset(&record, counter_hz());
	timer_start(tick, counter_hz() / RATE);
	irqs_enable();
	if (count != 0)
		marked_run(count);
	else
		wait_until(2 * RATE);
	irqs_disable();
	shown = record;

	irqs_enable();
	latency_print(&shown);
	for (;;) {
		if (ticks / RATE > second) {
			second = ticks / RATE;
			print("tick %lu\n", ticks);
		}
		if (shutdown_asked())
			end(inmate_param()->option);
		cpu_idle();
	}
	return 0;
}
