// SPDX-License-Identifier: BSD-2-Clause
/* Writes a register that is not the cell's: the target, or where the hypervisor's own state is kept while a guest runs (VM_HSAVE_PA). */
#include "probe.h"

#define MSR_VM_HSAVE_PA 0xc0010117
#define MSR_STAR 0xc0000081

int main(void)
{
	u32 target = (u32)inmate_param()->target;
	u64 cause = 0;

	probe_start("msr-write");
	target = target == 0 ? MSR_VM_HSAVE_PA : target;
	msr_write(MSR_STAR, PROBE_CANARY);
	probe_control(msr_read(MSR_STAR) == PROBE_CANARY);
	probe_attack(target);
	trap_expect(&cause);
	attack_msr_write(target, 0x200000);
	trap_expect(NULL);
	probe_survived(expected_vector(cause));
	return 0;
}
