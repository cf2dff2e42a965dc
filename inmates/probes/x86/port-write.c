// SPDX-License-Identifier: BSD-2-Clause
/* Writes a port that is not the cell's: the target, or the root's console, which must not show the character. */
#include "probe.h"

int main(void)
{
	u16 target = (u16)inmate_param()->target;

	probe_start("port-write");
	target = target == 0 ? BOARD_CONSOLE_PORT : target;
	probe_control(true);
	probe_attack(target);
	for (u32 i = 0; i < 64; i++)
		port_out8(target, 'X');
	attack_out8(target, 'X');
	probe_survived(0);
	return 0;
}
