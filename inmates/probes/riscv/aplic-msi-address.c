// SPDX-License-Identifier: BSD-2-Clause
/* Changes where the controller sends all its messages. */
#include "aplic-probe.h"

int main(void)
{
	u32 before;

	probe_start("aplic-msi-address");
	before = mmio_read32(aplic(APLIC_SMSIADDRCFG));
	probe_control(own_register() != 0);
	probe_attack(aplic(APLIC_SMSIADDRCFG));
	mmio_write32(aplic(APLIC_MMSIADDRCFG), 0x40000);
	mmio_write32(aplic(APLIC_MMSIADDRCFG + 4), 0);
	mmio_write32(aplic(APLIC_SMSIADDRCFG + 4), 0);
	attack_write32(aplic(APLIC_SMSIADDRCFG), 0x40000);
	probe_survived(mmio_read32(aplic(APLIC_SMSIADDRCFG)) != before);
	return 0;
}
