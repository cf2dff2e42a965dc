// SPDX-License-Identifier: BSD-2-Clause
/* Writes a register of the hypervisor level: hgatp, or the one whose number is the target. */
#include "port.h"
#include "probe.h"

#define CSR_SSCRATCH 0x140u
#define CSR_HGATP 0x680u
#define WRITE_A0 0x00051073u /* csrw 0, a0 */

extern u32 attack[];

static __attribute__((noinline)) void csr_put(u32 number, u64 value)
{
	*(volatile u32 *)attack = WRITE_A0 | number << 20;
	attack_code_sync((u64)(uintptr_t)attack);
	asm volatile("mv a0, %0\n.option push\n.option norvc\n.globl attack\nattack: csrw sscratch, a0\n.option pop" ::"r"(value)
		     : "a0", "memory");
}

int main(void)
{
	u64 number = inmate_param()->target;

	probe_start("csr-write");
	if (number == 0)
		number = CSR_HGATP;
	csr_put(CSR_SSCRATCH, PROBE_CANARY);
	probe_control(csr_read(sscratch) == PROBE_CANARY);
	probe_attack(number);
	csr_put((u32)number, 0);
	probe_survived(0);
	return 0;
}
