// SPDX-License-Identifier: BSD-2-Clause
/* Reads a port that is not the cell's: the target, or the line status of the root's console. */
#include "probe.h"

#define LINE_STATUS 5

int main(void)
{
	u16 target = (u16)inmate_param()->target;

	probe_start("port-read");
	target = target == 0 ? BOARD_CONSOLE_PORT + LINE_STATUS : target;
	probe_control(true);
	probe_attack(target);
	probe_survived(attack_in8(target));
	return 0;
}
