// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the interrupt towards the root on x86: a vector of one CPU, which the kernel's own allocator gives and moves when that CPU goes
 * offline. No controller's pin and no message: the hypervisor sends it as an interprocessor interrupt, and is told of each move.
 */
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <asm/hw_irq.h>
#include <asm/irqdomain.h>

#include "bulkhead.h"

static struct fwnode_handle *node;
static struct irq_domain *domain;

static u64 notify_target(struct irq_data *data)
{
	int board = cpus_board(cpumask_first(irq_data_get_effective_affinity_mask(data)));

	return board < 0 ? 0 : irqd_cfg(data)->vector << 16 | (u32)board;
}

static int notify_moved(struct irq_data *data, const struct cpumask *mask, bool force)
{
	int result = irq_chip_set_affinity_parent(data, mask, force);

	if (result >= 0 && (int)data->irq == notify_irq())
		hypercall(HC_NOTIFY, notify_target(data), 0, 0, 0);
	return result;
}

/* Nobody but the hypervisor sends it. */
static void notify_mask(struct irq_data *data)
{
}

static struct irq_chip notify_chip = {
	.name = "bulkhead",
	.irq_ack = irq_chip_ack_parent,
	.irq_mask = notify_mask,
	.irq_unmask = notify_mask,
	.irq_set_affinity = notify_moved,
	.irq_retrigger = irq_chip_retrigger_hierarchy,
};

static int notify_alloc(struct irq_domain *d, unsigned int irq, unsigned int count, void *info)
{
	int error = irq_domain_alloc_irqs_parent(d, irq, count, info);

	if (!error)
		irq_domain_set_info(d, irq, 0, &notify_chip, NULL, handle_edge_irq, NULL, "edge");
	return error;
}

static const struct irq_domain_ops notify_operations = { .alloc = notify_alloc, .free = irq_domain_free_irqs_common };

int arch_notify_open(u32 number)
{
	struct irq_alloc_info info = {};
	int irq = -ENOMEM;

	node = irq_domain_alloc_named_fwnode("bulkhead");
	domain = node ? irq_domain_create_hierarchy(x86_vector_domain, 0, 1, node, &notify_operations, NULL) : NULL;
	if (domain)
		irq = irq_domain_alloc_irqs(domain, 1, NUMA_NO_NODE, &info);
	if (irq <= 0) {
		arch_notify_close(0);
		return irq ? irq : -ENOSPC;
	}
	return irq;
}

u64 arch_notify_target(u32 number, int irq)
{
	return notify_target(irq_get_irq_data((unsigned int)irq));
}

void arch_notify_close(int irq)
{
	if (irq)
		irq_dispose_mapping((unsigned int)irq);
	if (domain)
		irq_domain_remove(domain);
	if (node)
		irq_domain_free_fwnode(node);
	domain = NULL;
	node = NULL;
}
