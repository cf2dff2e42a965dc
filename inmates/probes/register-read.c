// SPDX-License-Identifier: BSD-2-Clause
/* Registers of a page the cell has a part of: reads the first one of its part, which it may. */
#include "probe.h"

int main(void)
{
	u64 target;

	probe_start("register-read");
	target = probe_target(BOARD_REGISTERS, MAP_DEVICE);
	probe_control(true);
	probe_attack(target);
	probe_survived(attack_read32(target));
	return 0;
}
