// SPDX-License-Identifier: BSD-2-Clause
/* Leaves interrupts pending whose vectors are those of exceptions, for whoever gets this CPU next. */
#include "probe.h"

#define HIGHEST 31
#define PENDING_16_TO_31 0xffff0000u

int main(void)
{
	probe_start("ipi-exceptions");
	irq_init();
	irqs_disable();
	apic_command(ICR_SELF | ICR_FIXED | HIGHEST);
	probe_control((msr_read(X2APIC_IRR) >> HIGHEST & 1) != 0);
	probe_attack(X2APIC_ICR);
	for (u32 vector = 0; vector < HIGHEST; vector++)
		apic_command(ICR_SELF | ICR_FIXED | vector);
	attack_msr_write(X2APIC_ICR, ICR_SELF | ICR_FIXED);
	probe_survived(~msr_read(X2APIC_IRR) & PENDING_16_TO_31); /* those below are not vectors: an APIC need not take them */
	return 0;
}
