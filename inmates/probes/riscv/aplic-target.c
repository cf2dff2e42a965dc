// SPDX-License-Identifier: BSD-2-Clause
/* Routes its own source to CPUs that are not the cell's, and to other guests' files of its CPU, then makes it pending. */
#include "aplic-probe.h"

static u32 target_set(u32 value)
{
	mmio_write32(aplic(APLIC_TARGET + 4 * TEST_SOURCE_FIRST), value);
	mmio_write32(aplic(APLIC_SETIPNUM), TEST_SOURCE_FIRST);
	return mmio_read32(aplic(APLIC_TARGET + 4 * TEST_SOURCE_FIRST));
}

int main(void)
{
	u64 odd = 0;

	probe_start("aplic-target");
	aplic_own();
	probe_control(target_set(40) == 40);
	probe_attack(aplic(APLIC_TARGET + 4 * TEST_SOURCE_FIRST));
	for (u32 guest = 1; guest < 64; guest++)
		odd += (target_set(guest << APLIC_TARGET_GUEST | 5) >> APLIC_TARGET_GUEST & 63) != 0;
	for (u32 hart = comm->cpu_count; hart < 16; hart++)
		odd += target_set(hart << APLIC_TARGET_HART | 5) >> APLIC_TARGET_HART >= comm->cpu_count;
	odd += target_set(~0u) >> APLIC_TARGET_HART >= comm->cpu_count;
	attack_write32(aplic(APLIC_TARGET + 4 * TEST_SOURCE_FIRST), comm->cpu_count << APLIC_TARGET_HART | 5);
	probe_survived(odd);
	return 0;
}
