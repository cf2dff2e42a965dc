// SPDX-License-Identifier: BSD-2-Clause
/* Registers of a page the cell has a read-only part of: writes there. */
#include "probe.h"

int main(void)
{
	u64 target;

	probe_start("register-write");
	target = probe_target(BOARD_REGISTERS, MAP_DEVICE);
	probe_control(mmio_read32(target) != 0);
	probe_attack(target);
	attack_write32(target, 0);
	probe_survived(0);
	return 0;
}
