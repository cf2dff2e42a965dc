// SPDX-License-Identifier: BSD-2-Clause
/*
 * An edge-triggered wired source, made pending by its owner again and again: each time one write that traps, and a delivery that does
 * not. The number of times (parameter target) stands between the marks "begin" and "end".
 */
#include "aia.h"
#include "inmate.h"

#define ROUNDS 1000
#define IDENTITY (WIRED_FIRST + TEST_SOURCE_FIRST)

static volatile u64 taken;

static void take(u32 identity)
{
	(void)identity;
	taken++;
}

static bool pend_and_wait(void)
{
	u64 wanted = taken + 1, start = counter_now();

	mmio_write32(comm->aplic_gpa + APLIC_SETIPNUM, TEST_SOURCE_FIRST);
	while (taken < wanted && counter_now() - start < counter_hz())
		;
	return taken == wanted;
}

int main(void)
{
	u64 rounds = inmate_param()->target, good = 0;

	if (rounds == 0)
		rounds = ROUNDS;
	irq_init();
	irq_handle(IDENTITY, take);
	irq_enable(IDENTITY, 0);
	irqs_enable();
	mark("begin");
	for (u64 i = 0; i < rounds; i++)
		good += pend_and_wait();
	mark("end");
	print("wired: %lu of %lu taken once\n", good, rounds);
	print("wired: done\n");
	return 0;
}
