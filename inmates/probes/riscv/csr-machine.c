// SPDX-License-Identifier: BSD-2-Clause
/* Reads and writes registers of the machine level: an exception of its own, no more. */
#include "port.h"
#include "probe.h"

int main(void)
{
	u64 causes[4] = { 0, 0, 0, 0 };
	u64 odd = 0;

	probe_start("csr-machine");
	csr_write(sscratch, PROBE_CANARY);
	probe_control(csr_read(sscratch) == PROBE_CANARY);
	probe_attack(0x300);
	trap_expect(&causes[0]);
	asm volatile("csrr zero, mstatus");
	trap_expect(&causes[1]);
	asm volatile("csrw 0x3a0, zero"); /* pmpcfg0 */
	trap_expect(&causes[2]);
	asm volatile("csrw 0x302, zero"); /* medeleg */
	trap_expect(&causes[3]);
	asm volatile(".option push\n.option norvc\n.globl attack\nattack: mret\n.option pop");
	trap_expect(NULL);
	for (u32 i = 0; i < 4; i++)
		odd += causes[i] != 2; /* illegal instruction */
	probe_survived(odd);
	return 0;
}
