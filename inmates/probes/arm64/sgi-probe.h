/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts to CPUs that are not the cell's. The root is asked what it got: ROOT_SGI is one that its kernel never sends here (Linux:
 * timer broadcast) and that does no harm if it comes.
 */
#ifndef SGI_PROBE_H
#define SGI_PROBE_H

#include "port.h"
#include "probe.h"

#define OWN_SGI 1
#define ROOT_SGI 4ull

static volatile u32 sgi_taken;

static void sgi_take(u32 intid)
{
	(void)intid;
	sgi_taken++;
}

/* The same to itself comes in. */
static void sgi_control(void)
{
	irq_init();
	irq_handle(OWN_SGI, sgi_take);
	irq_handle(ROOT_SGI, sgi_take);
	irq_enable(OWN_SGI, 0x80);
	irq_enable(ROOT_SGI, 0x80);
	irqs_enable();
	irq_send(1, OWN_SGI);
	spin(counter_hz() / 100);
	probe_control(sgi_taken == 1);
}

#endif
