// SPDX-License-Identifier: BSD-2-Clause
/* Turns the whole controller off, and its messages. */
#include "aplic-probe.h"

int main(void)
{
	probe_start("aplic-control");
	probe_control(own_register() != 0);
	probe_attack(aplic(APLIC_DOMAINCFG));
	attack_write32(aplic(APLIC_DOMAINCFG), 0);
	probe_survived(mmio_read32(aplic(APLIC_DOMAINCFG)) & 0x104);
	return 0;
}
