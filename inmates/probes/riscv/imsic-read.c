// SPDX-License-Identifier: BSD-2-Clause
/* Reads interrupt files: its own shows nothing, one that is not its own ends the cell. */
#include "aia.h"
#include "probe.h"

int main(void)
{
	u64 target;

	probe_start("imsic-read");
	target = probe_target(comm->imsic_gpa + comm->cpu_count * IMSIC_PAGE, MAP_DEVICE);
	probe_control(mmio_read32(comm->imsic_gpa) == 0);
	probe_attack(target);
	probe_survived(attack_read32(target));
	return 0;
}
