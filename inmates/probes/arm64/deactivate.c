// SPDX-License-Identifier: BSD-2-Clause
/* Deactivates interrupts of the root by ICC_DIR_EL1. */
#include "port.h"
#include "probe.h"

int main(void)
{
	probe_start("deactivate");
	irq_init();
	sysreg_write(s3_0_c12_c11_1, 1); /* an SGI of its own */
	probe_control(true);
	probe_attack(33);
	asm volatile(".globl attack\nattack: msr s3_0_c12_c11_1, %0; isb" ::"r"(33ull));
	probe_survived(0);
	return 0;
}
