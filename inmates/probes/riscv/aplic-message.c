// SPDX-License-Identifier: BSD-2-Clause
/* Makes sources of the root pending through the register that devices write their messages to. */
#include "aplic-probe.h"

int main(void)
{
	probe_start("aplic-message");
	aplic_own();
	mmio_write32(aplic(APLIC_SETIPNUM_LE), TEST_SOURCE_FIRST);
	probe_control(imsic_pending(WIRED_FIRST + TEST_SOURCE_FIRST));
	probe_attack(aplic(APLIC_SETIPNUM_LE));
	for (u32 source = 1; source < TEST_SOURCE_FIRST; source++)
		mmio_write32(aplic(APLIC_SETIPNUM_LE), source);
	attack_write32(aplic(APLIC_SETIPNUM_LE), ROOT_SOURCE);
	probe_survived(mmio_read32(aplic(APLIC_SETIP)));
	return 0;
}
