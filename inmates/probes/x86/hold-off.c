// SPDX-License-Identifier: BSD-2-Clause
/* Masks every interrupt of this CPU by all means a guest has, and spins. */
#include "probe.h"

int main(void)
{
	probe_start("hold-off");
	irq_init();
	irqs_disable();
	msr_write(X2APIC_TPR, 0xff);
	probe_control(msr_read(X2APIC_TPR) == 0xff);
	probe_attack(X2APIC_SVR);
	print("probe: done\n");
	attack_msr_write(X2APIC_SVR, VECTOR_SPURIOUS); /* off */
	for (;;)
		asm volatile("");
	return 0;
}
