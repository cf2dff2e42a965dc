// SPDX-License-Identifier: BSD-2-Clause
/* Wired sources, made pending by one write, by their identities: other ones in each round, the lower first. */
#include "aia.h"
#include "../order.h"

#define IDENTITY_FIRST 40

_Static_assert(COUNT == TEST_SOURCE_ORDER_COUNT, "the cell owns them");

/* A different order each round: 5 has no common factor with 16. */
void order_set(u32 round)
{
	for (u32 i = 0; i < COUNT; i++)
		aplic_route(TEST_SOURCE_FIRST + i, APLIC_SOURCE_EDGE, 0, IDENTITY_FIRST + (i * 5 + round * 3) % COUNT);
}

void order_pend(u32 round)
{
	(void)round;
	mmio_write32(comm->aplic_gpa + APLIC_SETIP + TEST_SOURCE_FIRST / 32 * 4, 0xffffu << (TEST_SOURCE_FIRST % 32));
}

/* The messages are on their way one by one. */
bool order_all_pending(void)
{
	for (u32 i = 0; i < COUNT; i++)
		if (!imsic_pending(IDENTITY_FIRST + i))
			return false;
	return true;
}

u32 order_number(u32 i)
{
	return IDENTITY_FIRST + i;
}

u32 order_rank(u32 i)
{
	return IDENTITY_FIRST + i;
}
