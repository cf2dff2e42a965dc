// SPDX-License-Identifier: BSD-2-Clause
/* Routes a source of the root to its own CPU. */
#include "aplic-probe.h"

int main(void)
{
	probe_start("aplic-route");
	mmio_write32(aplic(APLIC_SOURCECFG + 4 * TEST_SOURCE_FIRST), APLIC_SOURCE_EDGE);
	aplic_probe(APLIC_TARGET + 4 * TEST_SOURCE_FIRST, 40, APLIC_TARGET + 4 * ROOT_SOURCE, 40);
	return 0;
}
