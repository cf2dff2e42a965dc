// SPDX-License-Identifier: BSD-2-Clause
/* Resets the machine through the chipset: it may only end the cell. */
#include "probe.h"

#define PORT 0xcf9
#define RESET 0x6

int main(void)
{
	probe_start("system-reset");
	probe_control(true);
	probe_attack(PORT);
	print("probe: done\n");
	attack_out8(PORT, RESET);
	probe_survived(0);
	return 0;
}
