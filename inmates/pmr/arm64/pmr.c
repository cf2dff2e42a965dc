// SPDX-License-Identifier: BSD-2-Clause
/* Critical sections as FreeRTOS ports make them: by priority mask, with interrupts on. Three pend below the mask and must wait. */
#include "gic.h"
#include "inmate.h"
#include "port.h"

#define COUNT TEST_INTID_PMR_COUNT
#define MASK 0x40
#define ROUNDS 20

static const u8 priority[COUNT] = { 0x80, 0x60, 0xa0 };
static volatile u32 taken[COUNT], taken_count;

static void taken_note(u32 intid)
{
	if (taken_count < COUNT)
		taken[taken_count] = intid;
	taken_count++;
}

static bool round_run(void)
{
	u32 early, pending, mask;
	u64 start;

	taken_count = 0;
	irq_priority_mask(MASK);
	mmio_write32(comm->gicd_gpa + GICD_ISPENDR + TEST_INTID_PMR / 32 * 4, 7u << (TEST_INTID_PMR % 32));
	spin(counter_hz() / 200);
	early = taken_count;
	mask = (u32)sysreg_read(s3_0_c4_c6_0);
	pending = mmio_read32(comm->gicd_gpa + GICD_ISPENDR + TEST_INTID_PMR / 32 * 4) >> (TEST_INTID_PMR % 32) & 7;
	irq_priority_mask(0xff);
	start = counter_now();
	while (taken_count < COUNT && counter_now() - start < counter_hz())
		;
	if (early == 0 && pending == 7 && mask == MASK && taken_count == COUNT && taken[0] == TEST_INTID_PMR + 1 &&
	    taken[1] == TEST_INTID_PMR && taken[2] == TEST_INTID_PMR + 2)
		return true;
	print("pmr: early %u, pending 0x%x, mask 0x%x, taken %u: %u %u %u\n", early, pending, mask, taken_count, taken[0], taken[1],
	      taken[2]);
	return false;
}

int main(void)
{
	u32 good = 0;

	irq_init();
	for (u32 i = 0; i < COUNT; i++) {
		irq_handle(TEST_INTID_PMR + i, taken_note);
		irq_enable(TEST_INTID_PMR + i, priority[i]);
	}
	irqs_enable();
	for (u32 i = 0; i < ROUNDS; i++)
		good += round_run();
	irqs_disable();
	print("pmr: %u of %u rounds: none while masked, then 3 in order\n", good, ROUNDS);
	print("pmr: done\n");
	return 0;
}
