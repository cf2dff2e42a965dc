// SPDX-License-Identifier: BSD-2-Clause
/* Turns interrupts of the root from level to edge. */
#include "gic-probe.h"

int main(void)
{
	probe_start("gic-config");
	gic_probe(GICD_ICFGR + TEST_INTID_FIRST / 16 * 4, 2, GICD_ICFGR + ROOT_INTID / 16 * 4, 0xaaaaaaaa);
	return 0;
}
