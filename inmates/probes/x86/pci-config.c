// SPDX-License-Identifier: BSD-2-Clause
/* Reaches for PCI configuration space, where every device of the machine can be moved. */
#include "probe.h"

#define ADDRESS 0xcf8
#define DATA 0xcfc

static void port_out32(u16 port, u32 value)
{
	asm volatile("outl %0, %1" ::"a"(value), "Nd"(port) : "memory");
}

int main(void)
{
	u32 value = 0;

	probe_start("pci-config");
	probe_control(true);
	probe_attack(ADDRESS);
	port_out32(ADDRESS, 0x80000000);
	asm volatile(ATTACK_INSTRUCTION("inl %%dx, %%eax") : "+a"(value) : "d"(DATA) : "memory");
	probe_survived(value);
	return 0;
}
