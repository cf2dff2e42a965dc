// SPDX-License-Identifier: BSD-2-Clause
/*
 * 16 interrupts that pend together must be taken in the order of their ranks, 50 times. Equal ranks may stand where the controller has
 * fewer levels: then any order of those.
 */
#include "order.h"

#define ROUNDS 50

static volatile u32 taken[COUNT]; /* their indices */
static volatile u32 taken_count;

static void taken_note(u32 number)
{
	u32 i = 0;

	while (i < COUNT && order_number(i) != number)
		i++;
	if (taken_count < COUNT)
		taken[taken_count] = i;
	taken_count++;
}

static bool round_check(u32 round)
{
	u32 once = 0;

	if (taken_count != COUNT) {
		print("round %u: %u interrupts taken\n", round, taken_count);
		return false;
	}
	for (u32 i = 0; i < COUNT; i++) {
		once |= 1u << taken[i];
		if (i > 0 && order_rank(taken[i]) < order_rank(taken[i - 1])) {
			print("round %u: place %u: rank 0x%x after 0x%x\n", round, i, order_rank(taken[i]), order_rank(taken[i - 1]));
			return false;
		}
	}
	return once == (1u << COUNT) - 1;
}

static bool round_run(u32 round)
{
	u64 start;

	order_set(round);
	taken_count = 0;
	order_pend(round);
	start = counter_now();
	while (!order_all_pending() && counter_now() - start < counter_hz())
		;
	irqs_enable();
	while (taken_count < COUNT && counter_now() - start < 2 * counter_hz())
		;
	irqs_disable();
	return round_check(round);
}

static u32 levels(void)
{
	u32 count = 0;

	for (u32 i = 0; i < COUNT; i++) {
		u32 first = 0;

		while (order_rank(first) != order_rank(i))
			first++;
		count += first == i;
	}
	return count;
}

int main(void)
{
	u32 good = 0;

	irq_init();
	for (u32 i = 0; i < COUNT; i++)
		irq_handle(order_number(i), taken_note);
	for (u32 round = 0; round < ROUNDS; round++)
		good += round_run(round);
	print("irq-order: levels %u\n", levels());
	print("irq-order: %u of %u rounds in order\n", good, ROUNDS);
	print("irq-order: done\n");
	return 0;
}
