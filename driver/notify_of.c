// SPDX-License-Identifier: GPL-2.0-only
/* Owns the interrupt towards the root where a device tree names the controller: one of its own that no device uses, edge-triggered. */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/of.h>
#include <linux/of_irq.h>

#include "bulkhead.h"

int arch_notify_open(u32 number)
{
#ifdef CONFIG_ARM64
	const char *controller = "arm,gic-v3";
	struct of_phandle_args interrupt = { .args_count = 3, .args = { 0, number - 32, IRQ_TYPE_EDGE_RISING } }; /* an SPI */
#else
	const char *controller = "riscv,aplic";
	struct of_phandle_args interrupt = { .args_count = 2, .args = { number, IRQ_TYPE_EDGE_RISING } };
#endif
	unsigned int irq = 0;

	/* There may be one of another privilege level, which is not this kernel's. */
	for_each_compatible_node(interrupt.np, NULL, controller)
	{
		if (!irq_find_host(interrupt.np))
			continue;
		irq = irq_create_of_mapping(&interrupt);
		of_node_put(interrupt.np);
		break;
	}
	return irq ? (int)irq : -ENXIO;
}

u64 arch_notify_target(u32 number, int irq)
{
	return number;
}

void arch_notify_close(int irq)
{
	irq_dispose_mapping((unsigned int)irq);
}
