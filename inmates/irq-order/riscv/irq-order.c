// SPDX-License-Identifier: BSD-2-Clause
/*
 * 16 wired sources, made pending by one write, must be taken in the order of their identities - the lower one first - 50 times with
 * other identities each time.
 */
#include "aia.h"
#include "inmate.h"

#define COUNT TEST_SOURCE_ORDER_COUNT
#define ROUNDS 50
#define IDENTITY_FIRST 40

static volatile u32 taken[2 * COUNT];
static volatile u32 taken_count;

static void taken_note(u32 identity)
{
	if (taken_count < 2 * COUNT)
		taken[taken_count] = identity;
	taken_count++;
}

/* A different order each round: 5 has no common factor with 16. */
static void identities_set(u32 round)
{
	for (u32 i = 0; i < COUNT; i++)
		aplic_route(TEST_SOURCE_FIRST + i, APLIC_SOURCE_EDGE, 0, IDENTITY_FIRST + (i * 5 + round * 3) % COUNT);
}

static bool all_pending(void)
{
	for (u32 i = 0; i < COUNT; i++)
		if (!imsic_pending(IDENTITY_FIRST + i))
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
		if (taken[i] != IDENTITY_FIRST + i) {
			print("round %u: place %u: identity %u\n", round, i, taken[i]);
			return false;
		}
	}
	return true;
}

static bool round_run(u32 round)
{
	u64 start;

	identities_set(round);
	taken_count = 0;
	/* The messages are on their way one by one: none may be taken before the last is here. */
	mmio_write32(comm->aplic_gpa + APLIC_SETIP + TEST_SOURCE_FIRST / 32 * 4, 0xffffu << (TEST_SOURCE_FIRST % 32));
	start = counter_now();
	while (!all_pending() && counter_now() - start < counter_hz())
		;
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
		irq_handle(IDENTITY_FIRST + i, taken_note);
	for (u32 round = 0; round < ROUNDS; round++)
		good += round_run(round);
	print("irq-order: levels %u\n", COUNT);
	print("irq-order: %u of %u rounds in order\n", good, ROUNDS);
	print("irq-order: done\n");
	return 0;
}
