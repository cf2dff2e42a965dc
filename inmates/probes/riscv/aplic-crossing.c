// SPDX-License-Identifier: BSD-2-Clause
/* Four bytes of the trapped controller across a page boundary. */
#include "aplic-probe.h"

int main(void)
{
	probe_start("aplic-crossing");
	probe_control(own_register() != 0);
	probe_attack(aplic(0xffe));
	probe_survived(attack_read32(aplic(0xffe)));
	return 0;
}
