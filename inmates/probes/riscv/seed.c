// SPDX-License-Identifier: BSD-2-Clause
/* Takes entropy from the machine's source, which the hypervisor does not share out. Where there is none: an exception of its own. */
#include "port.h"
#include "probe.h"

int main(void)
{
	u64 cause = 0;

	probe_start("seed");
	csr_write(sscratch, PROBE_CANARY);
	probe_control(csr_read(sscratch) == PROBE_CANARY);
	probe_attack(0x15);
	trap_expect(&cause);
	asm volatile(".option push\n.option norvc\n.globl attack\nattack: csrrw t0, 0x015, zero\n.option pop" ::: "t0");
	trap_expect(NULL);
	probe_survived(cause);
	return 0;
}
