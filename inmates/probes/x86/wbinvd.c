// SPDX-License-Identifier: BSD-2-Clause
/* Writes the caches back and empties them, which takes all CPUs' time. */
#include "probe.h"

int main(void)
{
	static volatile u64 own[512];
	u64 odd = 0;

	probe_start("wbinvd");
	for (u32 i = 0; i < 512; i++)
		own[i] = PROBE_CANARY;
	probe_control(own[511] == PROBE_CANARY);
	probe_attack((u64)(uintptr_t)own);
	for (u32 i = 0; i < 100; i++)
		asm volatile("wbinvd" ::: "memory");
	asm volatile(ATTACK_INSTRUCTION("wbinvd")::: "memory");
	for (u32 i = 0; i < 512; i++)
		odd += own[i] != PROBE_CANARY;
	probe_survived(odd);
	return 0;
}
