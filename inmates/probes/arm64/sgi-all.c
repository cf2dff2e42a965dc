// SPDX-License-Identifier: BSD-2-Clause
/* Interrupts "all CPUs but me", which a cell may say of its own CPUs only. */
#include "sgi-probe.h"

int main(void)
{
	u64 all = 1ull << 40 | ROOT_SGI << 24;

	probe_start("sgi-all");
	sgi_control();
	probe_attack(all);
	for (u32 i = 0; i < 100; i++) {
		asm volatile("msr s3_0_c12_c11_5, %0" ::"r"(all));
		spin(counter_hz() / 10000);
	}
	asm volatile(".globl attack\nattack: msr s3_0_c12_c11_5, %0" ::"r"(all));
	probe_survived(sgi_taken);
	return 0;
}
