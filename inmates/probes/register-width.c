// SPDX-License-Identifier: BSD-2-Clause
/* Registers of a page the cell has a part of, for accesses of four bytes: takes eight at once. */
#include "probe.h"

int main(void)
{
	u64 target;

	probe_start("register-width");
	target = probe_target(BOARD_REGISTERS, MAP_DEVICE);
	probe_control(mmio_read32(target) != 0);
	probe_attack(target);
	probe_survived(attack_read(target));
	return 0;
}
