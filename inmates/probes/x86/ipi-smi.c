// SPDX-License-Identifier: BSD-2-Clause
/* Asks for a system management interrupt of another CPU, the firmware's mode: refused as a whole. */
#include "probe.h"

#define ICR_SMI 0x200

int main(void)
{
	u64 cause = 0;

	probe_start("ipi-smi");
	probe_control(msr_read(X2APIC_ID) == apic_id_of(0));
	probe_attack(ICR_SMI);
	trap_expect(&cause);
	attack_msr_write(X2APIC_ICR, ICR_SMI);
	trap_expect(NULL);
	probe_survived(expected_vector(cause));
	return 0;
}
