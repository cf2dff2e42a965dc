// SPDX-License-Identifier: BSD-2-Clause
/* Interrupts a CPU that is not the cell's through its interrupt file: the page behind its own last one, or the target. */
#include "aia.h"
#include "probe.h"

#define IDENTITY 1

int main(void)
{
	u64 target;

	probe_start("imsic-foreign");
	target = probe_target(comm->imsic_gpa + comm->cpu_count * IMSIC_PAGE, MAP_DEVICE);
	mmio_write32(comm->imsic_gpa, IDENTITY);
	probe_control(imsic_pending(IDENTITY));
	probe_attack(target);
	attack_write32(target, IDENTITY);
	probe_survived(0);
	return 0;
}
