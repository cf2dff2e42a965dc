// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the interrupt by which the hypervisor tells what cells do: one ended or failed by itself, or did something in a window the root is
 * a member of. One that does not come when it is tried is not used; the driver then looks from time to time (sysfs.c). driver_lock, but
 * for notify_irq().
 */
#include <linux/completion.h>
#include <linux/interrupt.h>

#include "bulkhead.h"

#define TRIAL (5 * HZ)

static int told_by; /* the kernel's number; 0: polling */
static DECLARE_COMPLETION(came);

int notify_irq(void)
{
	return READ_ONCE(told_by);
}

static irqreturn_t notify_interrupt(int irq, void *data)
{
	complete(&came);
	channel_look();
	sysfs_look_now();
	return IRQ_HANDLED;
}

/* The kernel may move the interrupt between the question and the call. */
static void notify_tell(u32 number, int irq)
{
	u64 target;

	do {
		target = arch_notify_target(number, irq);
		hypercall(HC_NOTIFY, target, 0, 0, 0);
	} while (target != arch_notify_target(number, irq));
}

static int notify_try(u32 number)
{
	int irq = arch_notify_open(number);
	int error = irq < 0 ? irq : request_irq((unsigned int)irq, notify_interrupt, 0, "bulkhead", &came);

	if (error)
		return error;
	reinit_completion(&came);
	WRITE_ONCE(told_by, irq);
	notify_tell(number, irq);
	if (wait_for_completion_timeout(&came, TRIAL))
		return 0;
	notify_end();
	return -ETIMEDOUT;
}

void notify_begin(u32 number)
{
	int error = number ? notify_try(number) : -ENOENT;

	if (error)
		pr_info("bulkhead: no interrupt tells of cells' ends (%d): looking twice a second\n", error);
}

void notify_end(void)
{
	int irq = told_by;

	if (!irq)
		return;
	WRITE_ONCE(told_by, 0);
	free_irq((unsigned int)irq, &came); /* nobody is in arch_notify_moved() afterwards */
	hypercall(HC_NOTIFY, 0, 0, 0, 0);
	arch_notify_close(irq);
}
