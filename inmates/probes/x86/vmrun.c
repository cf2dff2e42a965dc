// SPDX-License-Identifier: BSD-2-Clause
/* Becomes a hypervisor: switches the extension on and enters a guest of its own. */
#include "probe.h"

#define EFER_SVME 0x1000

int main(void)
{
	static u8 block[4096] __attribute__((aligned(4096)));
	u64 cause = 0;

	probe_start("vmrun");
	probe_control((msr_read(MSR_EFER) & EFER_LME) != 0);
	probe_attack((u64)(uintptr_t)block);
	trap_expect(&cause);
	asm volatile("1: wrmsr\n2:\n" EXPECT_TABLE ::"c"(MSR_EFER), "a"((u32)msr_read(MSR_EFER) | EFER_SVME), "d"(0) : "memory");
	trap_expect(NULL);
	cause = 0;
	trap_expect(&cause);
	asm volatile(ATTACK_INSTRUCTION("vmrun") : : "a"(block) : "memory");
	trap_expect(NULL);
	probe_survived(expected_vector(cause));
	return 0;
}
