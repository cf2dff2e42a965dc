// SPDX-License-Identifier: BSD-2-Clause
/* Gives interrupts of the root the lowest priority: they would be masked. */
#include "gic-probe.h"

int main(void)
{
	probe_start("gic-priority");
	gic_probe(GICD_IPRIORITYR + TEST_INTID_FIRST, 0x80808080, GICD_IPRIORITYR + (ROOT_INTID & ~3u), 0xffffffff);
	return 0;
}
