/* SPDX-License-Identifier: BSD-2-Clause */
/* A command to all CPUs but the own, by every way to name them. */
#ifndef PROBE_IPI_H
#define PROBE_IPI_H

#include "probe.h"

static inline int ipi_probe(const char *name, u32 command)
{
	u32 own;

	probe_start(name);
	own = (u32)msr_read(X2APIC_ID);
	probe_control(own == apic_id_of(0));
	probe_attack(command);
	for (u32 id = 0; id < 16; id++)
		if (id != own)
			apic_command((u64)id << ICR_DESTINATION | command);
	for (u32 cluster = 0; cluster < 4; cluster++)
		apic_command((u64)(cluster << 16 | (cluster == own >> 4 ? 0xffff & ~(1u << (own & 15)) : 0xffff)) << ICR_DESTINATION |
			     ICR_LOGICAL | command);
	attack_msr_write(X2APIC_ICR, ICR_OTHERS | command);
	spin(counter_hz() / 5);
	probe_survived(0);
	return 0;
}

#endif
