// SPDX-License-Identifier: BSD-2-Clause
/* Disables the private interrupts of a CPU that is not the cell's: the redistributor frame behind its own last one. */
#include "gic.h"
#include "port.h"
#include "probe.h"

int main(void)
{
	u64 own, target;

	probe_start("gicr-foreign");
	own = comm->gicr_gpa + GICR_SGI_BASE;
	target = probe_target(comm->gicr_gpa + comm->gicr_stride * comm->cpu_count + GICR_SGI_BASE + GICD_ICENABLER, MAP_DEVICE);
	mmio_write32(own + GICD_ISENABLER, 2);
	probe_control((mmio_read32(own + GICD_ISENABLER) & 2) != 0);
	probe_attack(target);
	attack_write32(target, ~0u);
	probe_survived(0);
	return 0;
}
