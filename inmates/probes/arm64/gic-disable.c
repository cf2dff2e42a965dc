// SPDX-License-Identifier: BSD-2-Clause
/* Disables an interrupt of the root. */
#include "gic-probe.h"

int main(void)
{
	probe_start("gic-disable");
	gic_probe(GICD_ISENABLER + TEST_INTID_FIRST / 32 * 4, 1u << (TEST_INTID_FIRST % 32), GICD_ICENABLER + ROOT_INTID / 32 * 4,
		  1u << (ROOT_INTID % 32));
	return 0;
}
