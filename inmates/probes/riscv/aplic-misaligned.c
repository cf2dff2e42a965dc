// SPDX-License-Identifier: BSD-2-Clause
/* A trapped register at an address that is no register's: two bytes into one. */
#include "aplic-probe.h"

int main(void)
{
	probe_start("aplic-misaligned");
	probe_control(own_register() != 0);
	probe_attack(aplic(0xe02));
	probe_survived(attack_read32(aplic(0xe02)));
	return 0;
}
