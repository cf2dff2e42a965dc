// SPDX-License-Identifier: BSD-2-Clause
/* Two registers of the trapped controller by one access of eight bytes. */
#include "aplic-probe.h"

int main(void)
{
	u64 address = aplic(APLIC_TARGET + 4 * TEST_SOURCE_FIRST);

	probe_start("aplic-double");
	probe_control(own_register() != 0);
	probe_attack(address);
	attack_write(address, 0);
	probe_survived(mmio_read32(address));
	return 0;
}
