// SPDX-License-Identifier: BSD-2-Clause
/* The kernel's own EL2 stub calls, which are the root's alone: a cell that set vectors or restarted at EL2 would own the machine. */
#include "port.h"
#include "probe.h"

int main(void)
{
	u64 level;

	probe_start("stub");
	probe_control(hypercall(HC_VERSION, 0, 0, 0, 0) == BULKHEAD_ABI_VERSION);
	probe_attack(0);
	hvc_call(0, comm->memory_gpa, 0, 0); /* HVC_SET_VECTORS */
	hvc_call(2, 0, 0, 0);                /* HVC_RESET_VECTORS */
	hvc_call(3, 0, 0, 0);                /* HVC_FINALISE_EL2 */
	hvc_call(0xc6000000, 0, 0, 0);       /* KVM */
	asm volatile("mov x0, #0\nmov x1, %1\n.globl attack\nattack: hvc #0\nmrs %0, currentel"
		     : "=r"(level)
		     : "r"(comm->memory_gpa)
		     : "x0", "x1", "x2", "x3", "memory");
	probe_survived(level);
	return 0;
}
