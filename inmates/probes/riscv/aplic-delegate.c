// SPDX-License-Identifier: BSD-2-Clause
/* Delegates a source of the root to a domain below, where it would be lost. */
#include "aplic-probe.h"

int main(void)
{
	probe_start("aplic-delegate");
	aplic_probe(APLIC_SOURCECFG + 4 * TEST_SOURCE_FIRST, APLIC_SOURCE_EDGE, APLIC_SOURCECFG + 4 * ROOT_SOURCE, 0x400);
	return 0;
}
