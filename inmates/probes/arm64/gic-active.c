// SPDX-License-Identifier: BSD-2-Clause
/* Makes an interrupt of the root active: it would never fire again. */
#include "gic-probe.h"

int main(void)
{
	probe_start("gic-active");
	gic_probe(GICD_ISACTIVER + TEST_INTID_FIRST / 32 * 4, 1u << (TEST_INTID_FIRST % 32), GICD_ISACTIVER + ROOT_INTID / 32 * 4,
		  1u << (ROOT_INTID % 32));
	return 0;
}
