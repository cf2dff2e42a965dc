// SPDX-License-Identifier: BSD-2-Clause
/*
 * 16 interrupts the CPU sends to itself while it takes none, in another order each time, must be taken by their vectors, the highest
 * first, 50 times. The vectors are of eleven priority classes: one of a class with another counts as much as one alone.
 */
#include "apic.h"
#include "inmate.h"

#define COUNT 16
#define ROUNDS 50
#define STEP 11 /* from one vector to the next */

static volatile u32 taken[2 * COUNT];
static volatile u32 taken_count;

static void taken_note(u32 intid)
{
	if (taken_count < 2 * COUNT)
		taken[taken_count] = intid;
	taken_count++;
}

static u32 vector_of(u32 index)
{
	return VECTOR_FIRST + STEP * index;
}

/* Their bits are set one by one: none may be taken before the last is here. */
static bool all_pending(void)
{
	for (u32 i = 0; i < COUNT; i++)
		if (!(msr_read(X2APIC_IRR + vector_of(i) / 32) >> vector_of(i) % 32 & 1))
			return false;
	return true;
}

static bool round_check(u32 round)
{
	if (taken_count != COUNT) {
		print("round %u: %u interrupts taken\n", round, taken_count);
		return false;
	}
	for (u32 i = 0; i < COUNT; i++) {
		if (taken[i] != STEP * (COUNT - 1 - i)) {
			print("round %u: place %u: vector 0x%x\n", round, i, VECTOR_FIRST + taken[i]);
			return false;
		}
	}
	return true;
}

static bool round_run(u32 round)
{
	u64 start;

	taken_count = 0;
	/* A different order each round: 5 has no common factor with 16. */
	for (u32 i = 0; i < COUNT; i++)
		msr_write(X2APIC_SELF_IPI, vector_of((i * 5 + round * 3) % COUNT));
	start = counter_now();
	while (!all_pending())
		if (counter_now() - start > counter_hz())
			return false;
	irqs_enable();
	while (taken_count < COUNT && counter_now() - start < 2 * counter_hz())
		;
	irqs_disable();
	return round_check(round);
}

int main(void)
{
	u32 good = 0;

	irq_init();
	for (u32 i = 0; i < COUNT; i++)
		irq_handle(STEP * i, taken_note);
	for (u32 round = 0; round < ROUNDS; round++)
		good += round_run(round);
	print("irq-order: levels %u\n", COUNT);
	print("irq-order: %u of %u rounds in order\n", good, ROUNDS);
	print("irq-order: done\n");
	return 0;
}
