// SPDX-License-Identifier: BSD-2-Clause
/* Enables all sources of the first word, none of which is its own. */
#include "aplic-probe.h"

int main(void)
{
	probe_start("aplic-enable");
	mmio_write32(aplic(APLIC_SOURCECFG + 4 * TEST_SOURCE_FIRST), APLIC_SOURCE_EDGE);
	aplic_probe(APLIC_SETIE + TEST_SOURCE_FIRST / 32 * 4, 1u << (TEST_SOURCE_FIRST % 32), APLIC_SETIE, ~0u);
	return 0;
}
