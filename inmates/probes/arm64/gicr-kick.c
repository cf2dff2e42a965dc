// SPDX-License-Identifier: BSD-2-Clause
/* On its own redistributor: disables all private interrupts, those the hypervisor kicks this CPU with among them. */
#include "gic.h"
#include "port.h"
#include "probe.h"

int main(void)
{
	u64 own;

	probe_start("gicr-kick");
	own = comm->gicr_gpa + GICR_SGI_BASE;
	mmio_write32(own + GICD_ISENABLER, 2);
	probe_control((mmio_read32(own + GICD_ISENABLER) & 2) != 0);
	for (u32 i = 0; i < 32; i += 4)
		mmio_write32(own + GICD_IPRIORITYR + i, 0xffffffff);
	mmio_write32(own + GICR_IGROUPR0, ~0u);
	mmio_write32(own + GICD_ISACTIVER, ~0u);
	probe_attack(own + GICD_ICENABLER);
	attack_write32(own + GICD_ICENABLER, ~0u);
	probe_survived(mmio_read32(own + GICD_ISENABLER));
	return 0;
}
