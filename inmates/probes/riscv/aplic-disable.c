// SPDX-License-Identifier: BSD-2-Clause
/* Disables sources of the root. */
#include "aplic-probe.h"

int main(void)
{
	probe_start("aplic-disable");
	aplic_own();
	probe_control((mmio_read32(aplic(APLIC_SETIE + TEST_SOURCE_FIRST / 32 * 4)) >> (TEST_SOURCE_FIRST % 32) & 1) == 1);
	probe_attack(aplic(APLIC_CLRIE));
	attack_write32(aplic(APLIC_CLRIE), ~0u);
	mmio_write32(aplic(APLIC_CLRIENUM), ROOT_SOURCE);
	probe_survived(mmio_read32(aplic(APLIC_SETIE)) >> ROOT_SOURCE & 1);
	return 0;
}
