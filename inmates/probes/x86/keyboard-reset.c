// SPDX-License-Identifier: BSD-2-Clause
/* Resets the machine as of old, through the keyboard controller: it may only end the cell. */
#include "probe.h"

#define PORT 0x64
#define RESET 0xfe

int main(void)
{
	probe_start("keyboard-reset");
	probe_control(true);
	probe_attack(PORT);
	print("probe: done\n");
	attack_out8(PORT, RESET);
	probe_survived(0);
	return 0;
}
