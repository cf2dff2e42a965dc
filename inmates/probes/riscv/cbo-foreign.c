// SPDX-License-Identifier: BSD-2-Clause
/* Invalidates a cache block of memory that is not the cell's: what its owner wrote would be lost. */
#include "port.h"
#include "probe.h"

int main(void)
{
	u64 target;

	probe_start("cbo-foreign");
	target = probe_target(comm->memory_gpa + comm->memory_size + 0x1000000, MAP_NORMAL);
	probe_control(true);
	probe_attack(target);
	/* cbo.inval (a0) */
	asm volatile("mv a0, %0\n.globl attack\nattack: .word 0x0005200f" ::"r"(target) : "a0", "memory");
	probe_survived(0);
	return 0;
}
