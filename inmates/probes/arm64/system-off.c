// SPDX-License-Identifier: BSD-2-Clause
/* Turns the machine off: it may only end the cell. */
#include "port.h"
#include "probe.h"

int main(void)
{
	probe_start("system-off");
	probe_control((s64)(int)hvc_call(0x84000000, 0, 0, 0) > 0);
	probe_attack(0x84000008);
	print("probe: done\n");
	asm volatile("mov x0, %0\n.globl attack\nattack: smc #0" ::"r"(0x84000008ull) : "x0", "x1", "x2", "x3", "memory");
	probe_survived(0);
	return 0;
}
