// SPDX-License-Identifier: BSD-2-Clause
/* Blocks every interrupt of this CPU, Group 0 included, by an active priority that never ends, and spins. */
#include "port.h"
#include "probe.h"

int main(void)
{
	probe_start("hold-off");
	probe_control(sysreg_read(s3_0_c12_c9_0) == 0); /* ICC_AP1R0_EL1 */
	irqs_disable();
	probe_attack(1);
	print("probe: done\n");
	asm volatile(".globl attack\nattack: msr s3_0_c12_c9_0, %0; isb" ::"r"(1ull));
	for (;;)
		asm volatile("");
	return 0;
}
