// SPDX-License-Identifier: BSD-2-Clause
/*
 * 16 shared interrupts, made pending by one write, must be taken in the order of their priorities, 50 times with other priorities
 * each time. Equal ones may stand where the controller has fewer levels (what it kept is read back): then any order of those.
 */
#include "gic.h"
#include "inmate.h"
#include "port.h"

#define COUNT TEST_INTID_ORDER_COUNT
#define ROUNDS 50

static u8 priority[COUNT];
static volatile u32 taken[2 * COUNT];
static volatile u32 taken_count;

static void taken_note(u32 intid)
{
	if (taken_count < 2 * COUNT)
		taken[taken_count] = intid;
	taken_count++;
}

/* A different order each round: 5 has no common factor with 16. */
static void priorities_set(u32 round)
{
	for (u32 i = 0; i < COUNT; i++) {
		u32 intid = TEST_INTID_FIRST + i;
		u32 rank = (i * 5 + round * 3 + (round & 4 ? COUNT - i : 0)) % COUNT;

		irq_enable(intid, 0x20 + 8 * rank);
		priority[i] = (u8)(mmio_read32(comm->gicd_gpa + GICD_IPRIORITYR + (intid & ~3u)) >> (intid % 4 * 8));
	}
}

static bool round_check(u32 round)
{
	u32 once = 0;

	if (taken_count != COUNT) {
		print("round %u: %u interrupts taken\n", round, taken_count);
		return false;
	}
	for (u32 i = 0; i < COUNT; i++) {
		u32 index = taken[i] - TEST_INTID_FIRST;

		once |= 1u << index;
		if (i > 0 && priority[index] < priority[taken[i - 1] - TEST_INTID_FIRST]) {
			print("round %u: place %u: %u (0x%x) after %u\n", round, i, taken[i], priority[index], taken[i - 1]);
			return false;
		}
	}
	return once == 0xffff;
}

static bool round_run(u32 round)
{
	u64 start;

	priorities_set(round);
	taken_count = 0;
	irqs_enable();
	mmio_write32(comm->gicd_gpa + GICD_ISPENDR + TEST_INTID_FIRST / 32 * 4, 0xffffu << (TEST_INTID_FIRST % 32));
	start = counter_now();
	while (taken_count < COUNT && counter_now() - start < counter_hz())
		;
	irqs_disable();
	return round_check(round);
}

static u32 levels(void)
{
	u32 count = 0;

	for (u32 i = 0; i < COUNT; i++) {
		u32 first = 0;

		while (priority[first] != priority[i])
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
		irq_handle(TEST_INTID_FIRST + i, taken_note);
	for (u32 round = 0; round < ROUNDS; round++)
		good += round_run(round);
	print("irq-order: levels %u\n", levels());
	print("irq-order: %u of %u rounds in order\n", good, ROUNDS);
	print("irq-order: done\n");
	return 0;
}
