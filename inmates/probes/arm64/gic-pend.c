// SPDX-License-Identifier: BSD-2-Clause
/* Makes an interrupt of the root pending. */
#include "gic-probe.h"

int main(void)
{
	probe_start("gic-pend");
	gic_probe(GICD_ISPENDR + TEST_INTID_FIRST / 32 * 4, 1u << (TEST_INTID_FIRST % 32), GICD_ISPENDR + ROOT_INTID / 32 * 4,
		  1u << (ROOT_INTID % 32));
	return 0;
}
