/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of a source of the APLIC that is the root's: writes must be lost, reads show nothing. */
#ifndef APLIC_PROBE_H
#define APLIC_PROBE_H

#include "aia.h"
#include "probe.h"

#define ROOT_SOURCE 11 /* the root's clock on the QEMU board, with an alarm */

static __attribute__((unused)) u64 aplic(u64 offset)
{
	return comm->aplic_gpa + offset;
}

/* own: register and value for a source of the cell; foreign: the same for ROOT_SOURCE. */
static __attribute__((unused)) void aplic_probe(u64 own, u32 own_value, u64 foreign, u32 foreign_value)
{
	mmio_write32(aplic(own), own_value);
	probe_control((mmio_read32(aplic(own)) & own_value) == own_value);
	probe_attack(aplic(foreign));
	attack_write32(aplic(foreign), foreign_value);
	probe_survived(mmio_read32(aplic(foreign)));
}

/* A source of the cell that can be made pending by hand. */
static __attribute__((unused)) void aplic_own(void)
{
	irq_init();
	aplic_route(TEST_SOURCE_FIRST, APLIC_SOURCE_EDGE, 0, WIRED_FIRST + TEST_SOURCE_FIRST);
}

#endif
