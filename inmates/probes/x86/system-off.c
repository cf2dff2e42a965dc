// SPDX-License-Identifier: BSD-2-Clause
/* Switches the machine off through ACPI's power management port: it may only end the cell. */
#include "probe.h"

#define PORT 0x604 /* PM1a control of the QEMU board */
#define SLEEP_ENABLE 0x2000

int main(void)
{
	probe_start("system-off");
	probe_control(true);
	probe_attack(PORT);
	print("probe: done\n");
	asm volatile(ATTACK_INSTRUCTION("outw %%ax, %%dx")::"a"(SLEEP_ENABLE), "d"(PORT) : "memory");
	probe_survived(0);
	return 0;
}
