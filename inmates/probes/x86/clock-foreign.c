// SPDX-License-Identifier: BSD-2-Clause
/* Asks for the time to be written into memory that is not the cell's: the target. */
#include "probe.h"

#define MSR_KVM_SYSTEM_TIME 0x4b564d01

int main(void)
{
	static volatile u64 own[8] __attribute__((aligned(64)));
	u64 target, cause = 0;

	probe_start("clock-foreign");
	target = probe_target(comm->memory_gpa + comm->memory_size + 0x1000000, MAP_NORMAL) & ~0x3full;
	msr_write(MSR_KVM_SYSTEM_TIME, (u64)(uintptr_t)own | 1);
	probe_control(own[0] != 0 || own[3] != 0);
	probe_attack(target);
	trap_expect(&cause);
	attack_msr_write(MSR_KVM_SYSTEM_TIME, target | 1);
	trap_expect(NULL);
	probe_survived(expected_vector(cause));
	return 0;
}
