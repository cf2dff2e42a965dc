// SPDX-License-Identifier: BSD-2-Clause
/* Trapped registers of the local APIC and of the CPU, CPUID, ports. No interrupt of a cell enters the hypervisor: no row of one. */
#include "rows.h"

#include "apic.h"

#define X2APIC_LVT_PERF 0x834
#define X2APIC_LVT_ERROR 0x837
#define MSR_MTRR_FIRST 0x200
#define VECTOR_IPI (VECTOR_FIRST + 1)
#define PORT_NOBODYS 0x80

static void apic_rows(void)
{
	u64 id = apic_id_of(1);
	u64 base = msr_read(MSR_APIC_BASE);
	u64 logical = (id >> 4) << 16 | 1ull << (id & 15);

	ROW(32, msr_write(X2APIC_LVT_PERF, LVT_MASKED));
	ROW(33, msr_write(X2APIC_LVT_LINT0, LVT_MASKED));
	ROW(34, msr_write(X2APIC_LVT_ERROR, LVT_MASKED));
	ROW(35, (void)msr_read(MSR_APIC_BASE));
	ROW(36, msr_write(MSR_APIC_BASE, base));
	ROW(37, msr_write(X2APIC_ICR, logical << ICR_DESTINATION | ICR_LOGICAL | VECTOR_IPI));
	ROW(38, msr_write(X2APIC_ICR, ICR_OTHERS | VECTOR_IPI));
	ROW(39, msr_write(X2APIC_ICR, 0xffull << ICR_DESTINATION | VECTOR_IPI)); /* nobody's */
}

void arch_rows(void)
{
	u64 efer = msr_read(MSR_EFER);

	apic_rows();
	ROW(40, (void)msr_read(MSR_EFER));
	ROW(41, msr_write(MSR_EFER, efer));
	ROW(42, msr_write(MSR_MTRR_FIRST, 0));
	ROW(43, (void)cpuid_read(1, 0));
	ROW(44, (void)cpuid_read(0x80000008, 0));
	ROW(45, (void)port_in8(PORT_NOBODYS));
	ROW(46, port_out8(PORT_NOBODYS, 0));
}

void arch_relax(void)
{
	asm volatile("pause" ::: "memory");
}

void arch_other(void)
{
	cpu_idle();
}
