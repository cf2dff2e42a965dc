// SPDX-License-Identifier: BSD-2-Clause
/* Interrupts of a cell's CPU: the x2APIC by its MSRs. The vector is the priority: its upper four bits are the class. */
#include "apic.h"

static void (*handlers[VECTOR_COUNT])(u32 intid);

void irq_init(void)
{
	msr_write(X2APIC_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
	msr_write(X2APIC_SVR, SVR_ENABLE | VECTOR_SPURIOUS);
	msr_write(X2APIC_TPR, 0);
}

void irq_handle(u32 intid, void (*handler)(u32 intid))
{
	if (intid < VECTOR_TIMER - VECTOR_FIRST)
		handlers[VECTOR_FIRST + intid] = handler;
}

void irq_enable(u32 intid, u32 priority)
{
	(void)intid; /* calls cannot be masked one by one, and the number is the priority */
	(void)priority;
}

void irq_disable(u32 intid)
{
	irq_handle(intid, NULL);
}

/* In numbers of irq_send(), as everywhere smaller is not more urgent here; what other ports mask by is kept: 0xff lets all through. */
void irq_priority_mask(u32 priority)
{
	msr_write(X2APIC_TPR, priority == 0xff ? 0 : 0xf0 - (priority & 0xf0));
}

void apic_command(u64 icr)
{
	asm volatile("mfence; lfence" ::: "memory"); /* this write orders nothing by itself */
	msr_write(X2APIC_ICR, icr);
}

/* vector << 16 | vCPU */
u32 irq_of_config(u32 irq)
{
	return (irq >> 16) - VECTOR_FIRST;
}

void irq_send(u32 cpu_mask, u32 number)
{
	for (u32 cpu = 0; cpu < comm->cpu_count; cpu++)
		if (cpu_mask >> cpu & 1)
			apic_command((u64)apic_id_of(cpu) << ICR_DESTINATION | ICR_FIXED | (VECTOR_FIRST + number));
}

void port_irq(u32 vector)
{
	if (vector == VECTOR_SPURIOUS)
		return;
	msr_write(X2APIC_EOI, 0);
	if (vector == VECTOR_TIMER)
		port_irq_timer();
	else if (handlers[vector] != NULL)
		handlers[vector](vector - VECTOR_FIRST);
}
