// SPDX-License-Identifier: BSD-2-Clause
/* Takes an interrupt of the highest priority and never ends it. */
#include "port.h"
#include "probe.h"

int main(void)
{
	u32 intid;

	probe_start("never-end");
	irq_init();
	irqs_disable();
	irq_enable(1, 0);
	irq_send(1, 1);
	spin(counter_hz() / 100);
	intid = (u32)sysreg_read(s3_0_c12_c12_0); /* ICC_IAR1_EL1 */
	probe_control(intid == 1);
	probe_attack(intid);
	print("probe: done\n");
	for (;;)
		asm volatile(".globl attack\nattack: nop");
	return 0;
}
