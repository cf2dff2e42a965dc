// SPDX-License-Identifier: BSD-2-Clause
/* Shared interrupts, made pending by one write, by the priorities that the controller kept. */
#include "gic.h"
#include "../order.h"
#include "port.h"

_Static_assert(COUNT == TEST_INTID_ORDER_COUNT, "the cell owns them");

static u8 priority[COUNT];

/* A different order each round: 5 has no common factor with 16. */
void order_set(u32 round)
{
	for (u32 i = 0; i < COUNT; i++) {
		u32 intid = TEST_INTID_FIRST + i;
		u32 rank = (i * 5 + round * 3 + (round & 4 ? COUNT - i : 0)) % COUNT;

		irq_enable(intid, 0x20 + 8 * rank);
		priority[i] = (u8)(mmio_read32(comm->gicd_gpa + GICD_IPRIORITYR + (intid & ~3u)) >> (intid % 4 * 8));
	}
}

void order_pend(u32 round)
{
	(void)round;
	mmio_write32(comm->gicd_gpa + GICD_ISPENDR + TEST_INTID_FIRST / 32 * 4, 0xffffu << (TEST_INTID_FIRST % 32));
}

bool order_all_pending(void)
{
	u32 pending = mmio_read32(comm->gicd_gpa + GICD_ISPENDR + TEST_INTID_FIRST / 32 * 4);

	return (pending >> (TEST_INTID_FIRST % 32) & 0xffff) == 0xffff;
}

u32 order_number(u32 i)
{
	return TEST_INTID_FIRST + i;
}

u32 order_rank(u32 i)
{
	return priority[i];
}
