// SPDX-License-Identifier: BSD-2-Clause
/* Reads a register that is not the cell's: the target, or what tells whether guests may have guests (VM_CR). */
#include "probe.h"

#define MSR_VM_CR 0xc0010114

int main(void)
{
	u32 target = (u32)inmate_param()->target;
	u64 cause = 0;

	probe_start("msr-read");
	target = target == 0 ? MSR_VM_CR : target;
	probe_control(msr_read(X2APIC_VERSION) != 0);
	probe_attack(target);
	trap_expect(&cause);
	attack_msr_read(target);
	trap_expect(NULL);
	probe_survived(expected_vector(cause));
	return 0;
}
