// SPDX-License-Identifier: BSD-2-Clause
/* Masks every interrupt of this CPU and waits for one. */
#include "probe.h"

int main(void)
{
	probe_start("hold-off-hlt");
	irqs_disable();
	msr_write(X2APIC_TPR, 0xff);
	probe_control(msr_read(X2APIC_TPR) == 0xff);
	probe_attack(0);
	print("probe: done\n");
	asm volatile(".globl attack\nattack: hlt");
	probe_survived(0);
	return 0;
}
