// SPDX-License-Identifier: BSD-2-Clause
/*
 * Interrupts the CPU sends to itself, in another order each time, by their vectors, the highest first. The vectors are of eleven priority
 * classes: one of a class with another counts as much as one alone.
 */
#include "apic.h"
#include "../order.h"

#define STEP 11 /* from one vector to the next */

static u32 vector_of(u32 i)
{
	return VECTOR_FIRST + STEP * i;
}

void order_set(u32 round)
{
	(void)round;
}

/* A different order each round: 5 has no common factor with 16. */
void order_pend(u32 round)
{
	for (u32 i = 0; i < COUNT; i++)
		msr_write(X2APIC_SELF_IPI, vector_of((i * 5 + round * 3) % COUNT));
}

/* Their bits are set one by one. */
bool order_all_pending(void)
{
	for (u32 i = 0; i < COUNT; i++)
		if (!(msr_read(X2APIC_IRR + vector_of(i) / 32) >> vector_of(i) % 32 & 1))
			return false;
	return true;
}

u32 order_number(u32 i)
{
	return STEP * i;
}

u32 order_rank(u32 i)
{
	return 0xff - vector_of(i);
}
