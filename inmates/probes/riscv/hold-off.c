// SPDX-License-Identifier: BSD-2-Clause
/* Masks every interrupt of this CPU by all means a guest has, and spins. */
#include "aia.h"
#include "probe.h"

int main(void)
{
	probe_start("hold-off");
	irq_init();
	irqs_disable();
	csr_write(sie, 0);
	imsic_write(IMSIC_EITHRESHOLD, 1);
	probe_control(csr_read(sie) == 0);
	probe_attack(1);
	print("probe: done\n");
	asm volatile(".globl attack\nattack: csrw 0x150, %0" ::"r"((u64)IMSIC_EIDELIVERY)); /* siselect, then sireg */
	csr_write(CSR_SIREG, 0);
	for (;;)
		asm volatile("");
	return 0;
}
