// SPDX-License-Identifier: BSD-2-Clause
/* Routes an interrupt of the root to a CPU of the cell. */
#include "gic-probe.h"

int main(void)
{
	probe_start("gic-route");
	gic_probe(GICD_IROUTER + 8 * TEST_INTID_FIRST, 0, GICD_IROUTER + 8 * ROOT_INTID, 1);
	return 0;
}
