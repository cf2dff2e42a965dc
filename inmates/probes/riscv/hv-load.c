// SPDX-License-Identifier: BSD-2-Clause
/* Loads through the tables of a guest, which is the hypervisor's to do. */
#include "port.h"
#include "probe.h"

#define INSTRUCTION 0x68054573 /* hlv.w a0, (a0) */

int main(void)
{
	u64 value;

	probe_start("hv-load");
	asm volatile("sfence.vma" ::: "memory");
	probe_control(true);
	probe_attack(INSTRUCTION);
	asm volatile("mv a0, %1\n.globl attack\nattack: .word " CSR_TEXT(INSTRUCTION) "\nmv %0, a0"
		     : "=r"(value)
		     : "r"(comm->memory_gpa)
		     : "a0", "memory");
	probe_survived(value);
	return 0;
}
