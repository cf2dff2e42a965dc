// SPDX-License-Identifier: BSD-2-Clause
/* PSCI for CPUs that are not the cell's, and power management of the machine. */
#include "port.h"
#include "probe.h"

int main(void)
{
	u64 odd = 0;

	probe_start("psci");
	probe_control((s64)(int)hvc_call(0x84000000, 0, 0, 0) > 0); /* PSCI_VERSION */
	probe_attack(0xc4000003);
	for (u64 cpu = comm->cpu_count; cpu < 16; cpu++)
		odd += (s64)hvc_call(0xc4000003, cpu, comm->memory_gpa, 0) >= 0; /* CPU_ON */
	odd += (s64)hvc_call(0xc4000003, ~0ull, comm->memory_gpa, 0) >= 0;
	odd += (s64)hvc_call(0xc400000e, comm->memory_gpa, 0, 0) >= 0; /* SYSTEM_SUSPEND */
	odd += (s64)(int)hvc_call(0x8400000f, 0, 0, 0) >= 0;           /* SET_SUSPEND_MODE */
	asm volatile(".globl attack\nattack: nop");
	probe_survived(odd);
	return 0;
}
