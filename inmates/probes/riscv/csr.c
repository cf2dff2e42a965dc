// SPDX-License-Identifier: BSD-2-Clause
/* Reads a register of the hypervisor level: hgatp, or the one whose number is the target. */
#include "port.h"
#include "probe.h"

#define CSR_SSCRATCH 0x140u
#define CSR_HGATP 0x680u
#define READ_A0 0x00002573u /* csrr a0, 0 */

extern u32 attack[];

static __attribute__((noinline)) u64 csr_of(u32 number)
{
	register u64 a0 asm("a0");

	*(volatile u32 *)attack = READ_A0 | number << 20;
	attack_code_sync((u64)(uintptr_t)attack);
	asm volatile(".option push\n.option norvc\n.globl attack\nattack: csrr a0, sscratch\n.option pop" : "=r"(a0)::"memory");
	return a0;
}

int main(void)
{
	u64 number = inmate_param()->target;

	probe_start("csr");
	if (number == 0)
		number = CSR_HGATP;
	csr_write(sscratch, PROBE_CANARY);
	probe_control(csr_of(CSR_SSCRATCH) == PROBE_CANARY);
	probe_attack(number);
	probe_survived(csr_of((u32)number));
	return 0;
}
