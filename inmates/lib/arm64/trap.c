// SPDX-License-Identifier: BSD-2-Clause
/* Exceptions: the expected one is stepped over, any other is reported and ends the guest. */
#include "port.h"

static u64 *expected[INMATE_CPUS];

void trap_expect(u64 *syndrome)
{
	expected[cpu_index()] = syndrome;
	asm volatile("" ::: "memory");
}

void port_sync(struct frame *frame, u64 kind)
{
	u64 syndrome = sysreg_read(esr_el1);
	u64 **wanted = &expected[cpu_index()];

	if (kind == 4 && *wanted != NULL) {
		**wanted = syndrome;
		*wanted = NULL;
		frame->elr += 4;
		return;
	}
	print("exception: kind=%lu cpu=%u esr=0x%lx elr=0x%lx far=0x%lx spsr=0x%lx lr=0x%lx\n", kind, cpu_index(), syndrome, frame->elr,
	      sysreg_read(far_el1), frame->spsr, frame->x[30]);
	cpu_park();
}
