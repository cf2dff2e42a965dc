// SPDX-License-Identifier: BSD-2-Clause
/* Turns the system registers of the CPU interface off: the next owner's interrupts would be lost. */
#include "port.h"
#include "probe.h"

int main(void)
{
	u64 syndrome = 0;

	probe_start("sysreg-sre");
	irq_init();
	probe_control((sysreg_read(s3_0_c12_c12_5) & 1) == 1);
	probe_attack(0x30cc5);
	trap_expect(&syndrome);
	asm volatile(".globl attack\nattack: msr s3_0_c12_c12_5, %0" ::"r"(0ull));
	asm volatile("isb");
	trap_expect(NULL);
	probe_survived(sysreg_read(s3_0_c12_c12_5) & 1);
	return 0;
}
