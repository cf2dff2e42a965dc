// SPDX-License-Identifier: BSD-2-Clause
/* A device of the root, its own console UART: writes a character there. */
#include "probe.h"

int main(void)
{
	u64 target;

	probe_start("mmio");
	target = probe_target(BOARD_UART, MAP_DEVICE);
	probe_control(own_register() != 0);
	probe_attack(target);
	attack_write32(target, 'X');
	probe_survived(0);
	return 0;
}
