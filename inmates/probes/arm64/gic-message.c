// SPDX-License-Identifier: BSD-2-Clause
/* Sets an interrupt of the root pending through the distributor's message register. */
#include "gic-probe.h"

int main(void)
{
	probe_start("gic-message");
	probe_control(mmio_read32(comm->gicd_gpa + GICD_TYPER) != 0);
	probe_attack(comm->gicd_gpa + GICD_SETSPI_NSR);
	attack_write32(comm->gicd_gpa + GICD_SETSPI_NSR, ROOT_INTID);
	probe_survived(0);
	return 0;
}
