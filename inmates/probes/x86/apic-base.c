// SPDX-License-Identifier: BSD-2-Clause
/* Switches its APIC off, and to the mode whose registers are in memory, anywhere it likes. */
#include "probe.h"

int main(void)
{
	u64 cause = 0, before, odd = 0;

	probe_start("apic-base");
	before = msr_read(MSR_APIC_BASE);
	probe_control((before & (APIC_BASE_ENABLE | APIC_BASE_X2APIC | APIC_BASE_BSP)) ==
		      (APIC_BASE_ENABLE | APIC_BASE_X2APIC | APIC_BASE_BSP));
	probe_attack(MSR_APIC_BASE);
	trap_expect(&cause);
	attack_msr_write(MSR_APIC_BASE, before & ~(u64)(APIC_BASE_ENABLE | APIC_BASE_X2APIC));
	trap_expect(NULL);
	odd += msr_read(MSR_APIC_BASE) != before;
	odd += expected_vector(cause) != VECTOR_GP;
	probe_survived(odd);
	return 0;
}
