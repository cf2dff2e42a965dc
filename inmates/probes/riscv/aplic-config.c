// SPDX-License-Identifier: BSD-2-Clause
/* Gives a source of the root another mode: detached, it would never fire again. */
#include "aplic-probe.h"

int main(void)
{
	probe_start("aplic-config");
	aplic_probe(APLIC_SOURCECFG + 4 * TEST_SOURCE_FIRST, APLIC_SOURCE_EDGE, APLIC_SOURCECFG + 4 * ROOT_SOURCE, APLIC_SOURCE_DETACHED);
	return 0;
}
