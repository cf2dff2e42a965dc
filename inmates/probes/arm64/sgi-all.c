// SPDX-License-Identifier: BSD-2-Clause
/* Interrupts "all CPUs but me", which a cell may say of its own CPUs only. SGI 1: a stock Linux root would call a function. */
#include "port.h"
#include "probe.h"

int main(void)
{
	probe_start("sgi-all");
	irq_init();
	probe_control(true);
	probe_attack(1ull << 40 | 0x1000000);
	for (u32 i = 0; i < 100; i++) {
		asm volatile("msr s3_0_c12_c11_5, %0" ::"r"(1ull << 40 | 0x1000000ull));
		spin(counter_hz() / 10000);
	}
	asm volatile(".globl attack\nattack: msr s3_0_c12_c11_5, %0" ::"r"(1ull << 40 | 0x1000000ull));
	probe_survived(0);
	return 0;
}
