// SPDX-License-Identifier: BSD-2-Clause
/* Turns the whole distributor off. */
#include "gic.h"
#include "port.h"
#include "probe.h"

int main(void)
{
	probe_start("gic-control");
	probe_control(mmio_read32(comm->gicd_gpa + GICD_TYPER) != 0);
	probe_attack(comm->gicd_gpa + GICD_CTLR);
	attack_write32(comm->gicd_gpa + GICD_CTLR, 0);
	probe_survived(mmio_read32(comm->gicd_gpa + GICD_CTLR));
	return 0;
}
