// SPDX-License-Identifier: BSD-2-Clause
/* Makes pins, events and the timer of its own APIC send NMI, SMI, INIT, and interrupts of the old controller: none is for cells. */
#include "probe.h"

#define LVT_ERROR 0x837

int main(void)
{
	u64 cause = 0, odd = 0;

	probe_start("apic-lvt");
	msr_write(X2APIC_SVR, SVR_ENABLE | VECTOR_SPURIOUS); /* software-disabled, all stays masked anyway */
	probe_control((msr_read(X2APIC_SVR) & SVR_ENABLE) != 0);
	probe_attack(X2APIC_LVT_LINT0);
	for (u32 msr = X2APIC_LVT_TIMER; msr <= LVT_ERROR; msr++) {
		for (u32 mode = 1; mode < 8; mode++) {
			trap_expect(&cause);
			asm volatile("1: wrmsr\n2:\n" EXPECT_TABLE ::"c"(msr), "a"(mode << 8 | 0x42), "d"(0) : "memory");
			trap_expect(NULL);
			cause = 0;
			trap_expect(&cause);
			odd += !(msr_read(msr) & LVT_MASKED) && cause == 0;
			trap_expect(NULL);
		}
	}
	attack_msr_write(X2APIC_LVT_LINT0, 0x700);
	odd += !(msr_read(X2APIC_LVT_LINT0) & LVT_MASKED);
	probe_survived(odd);
	return 0;
}
