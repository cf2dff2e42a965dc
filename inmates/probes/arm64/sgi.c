// SPDX-License-Identifier: BSD-2-Clause
/* Interrupts a CPU that is not the cell's. */
#include "port.h"
#include "probe.h"

static volatile u32 taken;

static void take(u32 intid)
{
	(void)intid;
	taken++;
}

int main(void)
{
	probe_start("sgi");
	irq_init();
	irq_handle(1, take);
	irq_enable(1, 0x80);
	irqs_enable();
	irq_send(1, 1);
	spin(counter_hz() / 100);
	probe_control(taken == 1);
	probe_attack(0x1000000 | (1u << comm->cpu_count));
	asm volatile(".globl attack\nattack: msr s3_0_c12_c11_5, %0" ::"r"(0x1000000ull | (1ull << comm->cpu_count)));
	probe_survived(taken);
	return 0;
}
