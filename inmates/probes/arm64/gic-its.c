// SPDX-License-Identifier: BSD-2-Clause
/* Reads a control register of the ITS, which is the root's. */
#include "port.h"
#include "probe.h"

int main(void)
{
	u64 target;

	probe_start("gic-its");
	target = probe_target(0x08080000, MAP_DEVICE);
	probe_control(mmio_read32(comm->gicd_gpa + 4) != 0);
	probe_attack(target);
	probe_survived(attack_read32(target));
	return 0;
}
