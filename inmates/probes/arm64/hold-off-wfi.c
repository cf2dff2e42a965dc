// SPDX-License-Identifier: BSD-2-Clause
/* As hold-off, but sleeps: there may be no instruction fetch that could fault, nor an interrupt that could wake. */
#include "port.h"
#include "probe.h"

int main(void)
{
	probe_start("hold-off-wfi");
	probe_control(sysreg_read(s3_0_c12_c9_0) == 0); /* ICC_AP1R0_EL1 */
	irqs_disable();
	probe_attack(1);
	print("probe: done\n");
	asm volatile(".globl attack\nattack: msr s3_0_c12_c9_0, %0; isb" ::"r"(1ull));
	for (;;)
		asm volatile("wfi");
	return 0;
}
