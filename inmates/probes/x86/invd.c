// SPDX-License-Identifier: BSD-2-Clause
/* Throws the caches away without writing them back: what their owners wrote, everybody's, would be lost. */
#include "probe.h"

int main(void)
{
	static volatile u64 own[512];
	u64 odd = 0;

	probe_start("invd");
	for (u32 i = 0; i < 512; i++)
		own[i] = PROBE_CANARY;
	probe_control(own[511] == PROBE_CANARY);
	probe_attack((u64)(uintptr_t)own);
	for (u32 i = 0; i < 100; i++)
		asm volatile("invd" ::: "memory");
	asm volatile(ATTACK_INSTRUCTION("invd")::: "memory");
	for (u32 i = 0; i < 512; i++)
		odd += own[i] != PROBE_CANARY;
	probe_survived(odd);
	return 0;
}
