// SPDX-License-Identifier: BSD-2-Clause
/* Exceptions: the expected one is stepped over, any other is reported and ends the guest. */
#include "port.h"

#define SPSR_EL1H_MASKED 0x3c5ull

void port_sync(struct frame *frame, u64 kind)
{
	u64 syndrome = sysreg_read(esr_el1);

	if (kind == 4 && trap_expects()) {
		trap_expected(syndrome);
		frame->elr += 4;
		return;
	}
	if (trap_guarded() != 0) {
		frame->x[19] = trap_guarded();
		frame->elr = (u64)(uintptr_t)trap_guard_out;
		frame->spsr = SPSR_EL1H_MASKED;
		return;
	}
	print("exception: kind=%lu cpu=%u esr=0x%lx elr=0x%lx far=0x%lx spsr=0x%lx lr=0x%lx\n", kind, cpu_index(), syndrome, frame->elr,
	      sysreg_read(far_el1), frame->spsr, frame->x[30]);
	cpu_park();
}
