// SPDX-License-Identifier: BSD-2-Clause
/* Traps: interrupts are handed on; the expected exception is stepped over, any other is reported and ends the guest. */
#include "port.h"

#define CAUSE_FETCH_ACCESS 1
#define CAUSE_FETCH_PAGE 12

#define SSTATUS_SPIE 0x20ull
#define SSTATUS_SPP 0x100ull

static void interrupt(u64 number)
{
	if (number == 5)
		port_irq_timer();
	else if (number == 9)
		port_irq_external();
	else
		port_irq_software();
}

/* An instruction that could not be fetched was called: on with the caller. */
static u64 after(const struct frame *frame, u64 cause)
{
	if (cause == CAUSE_FETCH_ACCESS || cause == CAUSE_FETCH_PAGE)
		return frame->x[0];
	return frame->sepc + ((*(const volatile uint16_t *)(uintptr_t)frame->sepc & 3) == 3 ? 4 : 2);
}

void port_trap(struct frame *frame)
{
	u64 cause = csr_read(scause);

	if (cause & SCAUSE_INTERRUPT) {
		interrupt(cause & 63);
		return;
	}
	if (trap_expects()) {
		trap_expected(cause);
		frame->sepc = after(frame, cause);
		return;
	}
	if (trap_guarded() != 0) {
		frame->x[8 - 1] = trap_guarded();
		frame->sepc = (u64)(uintptr_t)trap_guard_out;
		frame->sstatus = (frame->sstatus | SSTATUS_SPP) & ~SSTATUS_SPIE;
		return;
	}
	print("exception: cpu=%u scause=0x%lx sepc=0x%lx stval=0x%lx sstatus=0x%lx ra=0x%lx\n", cpu_index(), cause, frame->sepc,
	      csr_read(stval), frame->sstatus, frame->x[0]);
	cpu_park();
}
