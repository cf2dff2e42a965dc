// SPDX-License-Identifier: BSD-2-Clause
/* Interrupts each CPU that is not the cell's by its number. */
#include "sgi-probe.h"

int main(void)
{
	u64 others = 0xffff & ~((1ull << comm->cpu_count) - 1);

	probe_start("sgi");
	sgi_control();
	probe_attack(ROOT_SGI << 24 | others);
	asm volatile(".globl attack\nattack: msr s3_0_c12_c11_5, %0" ::"r"(ROOT_SGI << 24 | others));
	spin(counter_hz() / 100);
	probe_survived(sgi_taken);
	return 0;
}
