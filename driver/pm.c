// SPDX-License-Identifier: GPL-2.0-only
/* Owns what the machine's power means for Bulkhead: no sleep and no hibernation while enabled; a reboot is noted in the log. */
#include <linux/notifier.h>
#include <linux/reboot.h>
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

static int pm_reboot(struct notifier_block *block, unsigned long event, void *unused)
{
	if (enable_active())
		pr_warn("bulkhead: the machine goes down while enabled; cells end without being asked\n");
	return NOTIFY_DONE;
}

static struct notifier_block pm_block = { .notifier_call = pm_event };
static struct notifier_block reboot_block = { .notifier_call = pm_reboot };

int pm_init(void)
{
	int error = register_pm_notifier(&pm_block);

	if (error)
		return error;
	error = register_reboot_notifier(&reboot_block);
	if (error)
		unregister_pm_notifier(&pm_block);
	return error;
}

void pm_exit(void)
{
	unregister_reboot_notifier(&reboot_block);
	unregister_pm_notifier(&pm_block);
}
