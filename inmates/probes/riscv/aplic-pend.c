// SPDX-License-Identifier: BSD-2-Clause
/* Makes a source of the root pending. */
#include "aplic-probe.h"

int main(void)
{
	probe_start("aplic-pend");
	mmio_write32(aplic(APLIC_SOURCECFG + 4 * TEST_SOURCE_FIRST), APLIC_SOURCE_EDGE);
	aplic_probe(APLIC_SETIP + TEST_SOURCE_FIRST / 32 * 4, 1u << (TEST_SOURCE_FIRST % 32), APLIC_SETIP, 1u << ROOT_SOURCE);
	return 0;
}
