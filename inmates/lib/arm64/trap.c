// SPDX-License-Identifier: BSD-2-Clause
/* Exceptions: the expected one is stepped over, any other is reported and ends the guest. */
#include "port.h"

#define SPSR_EL1H_MASKED 0x3c5ull

static u64 *expected[INMATE_CPUS];
static u64 guards[INMATE_CPUS]; /* the stack trap_guard() goes back to; 0: it does not run */

void trap_guard_set(u64 stack)
{
	guards[cpu_index()] = stack;
}

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
	if (guards[cpu_index()] != 0) {
		frame->x[19] = guards[cpu_index()];
		frame->elr = (u64)(uintptr_t)trap_guard_out;
		frame->spsr = SPSR_EL1H_MASKED;
		return;
	}
	print("exception: kind=%lu cpu=%u esr=0x%lx elr=0x%lx far=0x%lx spsr=0x%lx lr=0x%lx\n", kind, cpu_index(), syndrome, frame->elr,
	      sysreg_read(far_el1), frame->spsr, frame->x[30]);
	cpu_park();
}
