// SPDX-License-Identifier: BSD-2-Clause
/* Sends NMIs, which nothing can mask, to all CPUs but its own. */
#include "probe.h"

#define COMMAND (ICR_NMI)

int main(void)
{
	u32 own;

	probe_start("ipi-nmi");
	own = (u32)msr_read(X2APIC_ID);
	probe_control(own == apic_id_of(0));
	probe_attack(COMMAND);
	for (u32 id = 0; id < 16; id++)
		if (id != own)
			apic_command((u64)id << ICR_DESTINATION | COMMAND);
	for (u32 cluster = 0; cluster < 4; cluster++)
		apic_command((u64)(cluster << 16 | (cluster == own >> 4 ? 0xffff & ~(1u << (own & 15)) : 0xffff)) << ICR_DESTINATION |
			     ICR_LOGICAL | COMMAND);
	attack_msr_write(X2APIC_ICR, ICR_OTHERS | COMMAND);
	spin(counter_hz() / 5);
	probe_survived(0);
	return 0;
}
