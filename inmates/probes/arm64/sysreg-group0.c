// SPDX-License-Identifier: BSD-2-Clause
/* Acknowledges Group 0, where the hypervisor's kick lives, and turns the group off. */
#include "port.h"
#include "probe.h"

int main(void)
{
	u64 syndrome = 0, value;

	probe_start("sysreg-group0");
	irq_init();
	probe_control((sysreg_read(s3_0_c12_c12_0) & 0xffffff) >= 1020);
	trap_expect(&syndrome);
	asm volatile("mrs %0, s3_0_c12_c8_0" : "=r"(value)); /* ICC_IAR0_EL1: the virtual one, or an exception */
	trap_expect(NULL);
	probe_attack(0x30cc6);
	trap_expect(&syndrome);
	asm volatile(".globl attack\nattack: msr s3_0_c12_c12_6, %0" ::"r"(0ull)); /* ICC_IGRPEN0_EL1 */
	asm volatile("isb");
	trap_expect(NULL);
	probe_survived(syndrome);
	return 0;
}
