// SPDX-License-Identifier: BSD-2-Clause
/* Calls to secure firmware: trusted OS, OEM, SiP ranges. None may reach it; each must come back as unknown. */
#include "port.h"
#include "probe.h"

#define NOT_SUPPORTED 0xffffffffull

int main(void)
{
	static const u32 calls[] = { 0x82000000, 0xc2000000, 0x83000000, 0xc3000001, 0xb2000000, 0xbf00ff01, 0x81000000 };
	u64 odd = 0;

	probe_start("smc");
	probe_control((s64)(int)smc_call(0x84000000, 0, 0, 0) > 0); /* PSCI_VERSION */
	probe_attack(calls[0]);
	for (u32 i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		odd += (smc_call(calls[i], comm->memory_gpa, 4096, 0) & NOT_SUPPORTED) != NOT_SUPPORTED;
	asm volatile("mov x0, %0\n.globl attack\nattack: smc #0" ::"r"(0xc2000001ull)
		     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
		       "memory");
	probe_survived(odd);
	return 0;
}
