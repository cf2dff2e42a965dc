// SPDX-License-Identifier: BSD-2-Clause
/* Throws away translations of guests, which is the hypervisor's to do. */
#include "port.h"
#include "probe.h"

#define INSTRUCTION 0x62000073 /* hfence.gvma */

int main(void)
{
	u64 value;

	probe_start("hv-fence");
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
