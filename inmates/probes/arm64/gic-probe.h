/* SPDX-License-Identifier: BSD-2-Clause */
/* Distributor registers of an interrupt that is the root's: writes must be lost, reads show nothing. */
#ifndef GIC_PROBE_H
#define GIC_PROBE_H

#include "gic.h"
#include "port.h"
#include "probe.h"

#define ROOT_INTID 34 /* the root's clock on the QEMU board, with an alarm */

/* own: register and value for an interrupt of the cell; foreign: the same for ROOT_INTID. */
static __attribute__((unused)) void gic_probe(u64 own, u32 own_value, u64 foreign, u32 foreign_value)
{
	mmio_write32(comm->gicd_gpa + own, own_value);
	probe_control((mmio_read32(comm->gicd_gpa + own) & own_value) == own_value);
	probe_attack(comm->gicd_gpa + foreign);
	attack_write32(comm->gicd_gpa + foreign, foreign_value);
	probe_survived(mmio_read32(comm->gicd_gpa + foreign));
}

#endif
