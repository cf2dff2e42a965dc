// SPDX-License-Identifier: BSD-2-Clause
/* Resets the machine: it may only end the cell. */
#include "port.h"
#include "probe.h"

#define RESET 0
#define TYPE 1

int main(void)
{
	probe_start("system-reset");
	probe_control(sbi_call(SBI_EXT_BASE, 3, SBI_EXT_SRST, 0, 0, 0, 0).value != 0);
	probe_attack(SBI_EXT_SRST);
	print("probe: done\n");
	attack_firmware(SBI_EXT_SRST, RESET, TYPE, 0);
	probe_survived(0);
	return 0;
}
