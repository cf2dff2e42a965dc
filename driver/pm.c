// SPDX-License-Identifier: GPL-2.0-only
/* Owns what sleep means for Bulkhead: there is none, and no hibernation, while enabled. */
#include <linux/notifier.h>
#include <linux/suspend.h>

#include "bulkhead.h"

static int pm_event(struct notifier_block *block, unsigned long event, void *unused)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
	case PM_SUSPEND_PREPARE:
	case PM_RESTORE_PREPARE:
		if (!enable_active())
			return NOTIFY_DONE;
		pr_warn("bulkhead: no sleep and no hibernation while enabled; run cellctl disable first\n");
		return notifier_from_errno(-EBUSY);
	default: return NOTIFY_DONE;
	}
}

static struct notifier_block pm_block = { .notifier_call = pm_event };

int pm_init(void)
{
	return register_pm_notifier(&pm_block);
}

void pm_exit(void)
{
	unregister_pm_notifier(&pm_block);
}
