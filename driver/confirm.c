// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the time in which a launch is on trial: unless it is confirmed, all cells are destroyed and the hypervisor goes away again. A timer
 * of this kernel's: it helps who lost the machine's network or console, not who lost the kernel. driver_lock.
 */
#include <linux/workqueue.h>

#include "bulkhead.h"

static void confirm_late(struct work_struct *work);
static DECLARE_DELAYED_WORK(late, confirm_late);
static bool waiting;
static unsigned long deadline; /* jiffies */

bool confirm_waiting(void)
{
	return waiting;
}

void confirm_begin(u32 seconds)
{
	waiting = seconds != 0;
	deadline = jiffies + seconds * HZ;
	if (waiting)
		queue_delayed_work(system_unbound_wq, &late, seconds * HZ);
}

void confirm_end(void)
{
	waiting = false;
	cancel_delayed_work(&late);
}

/* Whoever confirmed or disabled meanwhile held the lock, too; and perhaps launched anew. */
static void confirm_late(struct work_struct *work)
{
	mutex_lock(&driver_lock);
	if (waiting && time_after_eq(jiffies, deadline)) {
		pr_warn("bulkhead: the launch was not confirmed in time: it is undone\n");
		cell_destroy_all();
		if (disable_request(NULL, NULL))
			pr_err("bulkhead: the launch cannot be undone\n");
		waiting = false;
	}
	mutex_unlock(&driver_lock);
}

int confirm_request(void *argument, char *message)
{
	if (!waiting)
		return main_fail(message, -EALREADY, "confirm: no launch is on trial; use enable --confirm SECONDS");
	confirm_end();
	pr_info("bulkhead: confirmed\n");
	return 0;
}

void confirm_exit(void)
{
	cancel_delayed_work_sync(&late);
}
