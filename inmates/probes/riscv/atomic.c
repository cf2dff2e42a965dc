// SPDX-License-Identifier: BSD-2-Clause
/* A trapped register by an atomic operation: it must end in a fault, never in emulation by guess. */
#include "aplic-probe.h"

int main(void)
{
	u64 address = aplic(APLIC_SETIE);
	u32 value;

	probe_start("atomic");
	probe_control(own_register() != 0);
	probe_attack(address);
	asm volatile(".globl attack\nattack: amoor.w %0, %2, (%1)" : "=r"(value) : "r"(address), "r"(0) : "memory");
	probe_survived(value);
	return 0;
}
