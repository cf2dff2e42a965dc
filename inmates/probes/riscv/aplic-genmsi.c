// SPDX-License-Identifier: BSD-2-Clause
/* Sends messages of its own choice through the controller: to CPUs that are not the cell's. */
#include "aplic-probe.h"

int main(void)
{
	probe_start("aplic-genmsi");
	probe_control(own_register() != 0);
	probe_attack(aplic(APLIC_GENMSI));
	for (u32 hart = 0; hart < 16; hart++)
		mmio_write32(aplic(APLIC_GENMSI), hart << APLIC_TARGET_HART | 5);
	attack_write32(aplic(APLIC_GENMSI), comm->cpu_count << APLIC_TARGET_HART | 5);
	probe_survived(mmio_read32(aplic(APLIC_GENMSI)) & 0x7ff);
	return 0;
}
