// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns keeping the kernel's KVM away where it is a module and can be put on and off as a whole: enable is refused while kvm.ko is
 * loaded, and kvm.ko is refused while enabled. Opening /dev/kvm loads it on many systems, so that node says nothing.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>

#include "bulkhead.h"

#define KVM_EXPORT "kvm_put_kvm" /* of all symbols KVM exports the one that other modules look up by name */

static DEFINE_MUTEX(kvm_lock); /* the notifier runs without driver_lock */
static bool kept_out;
static bool coming; /* between its start and the moment its symbols are found */

static int kvm_module_event(struct notifier_block *block, unsigned long event, void *data)
{
	const struct module *module = data;
	bool refused = false;

	if (strcmp(module->name, "kvm"))
		return NOTIFY_DONE;
	mutex_lock(&kvm_lock);
	if (event == MODULE_STATE_COMING)
		refused = kept_out;
	coming = event == MODULE_STATE_COMING && !refused;
	mutex_unlock(&kvm_lock);
	if (!refused)
		return NOTIFY_DONE;
	pr_warn("bulkhead: kvm cannot be loaded while Bulkhead is enabled; run cellctl disable first\n");
	return notifier_from_errno(-EBUSY);
}

static struct notifier_block kvm_block = { .notifier_call = kvm_module_event };

int kvm_doors_init(void)
{
	return register_module_notifier(&kvm_block);
}

void kvm_doors_exit(void)
{
	unregister_module_notifier(&kvm_block);
}

static bool kvm_is_loaded(void)
{
	if (coming)
		return true;
	if (!__symbol_get(KVM_EXPORT))
		return false;
	__symbol_put(KVM_EXPORT);
	return true;
}

/* From here on it cannot come; what came before is seen. */
int kvm_keep_out(char *message)
{
	mutex_lock(&kvm_lock);
	kept_out = !kvm_is_loaded();
	mutex_unlock(&kvm_lock);
	if (kept_out)
		return 0;
	if (IS_BUILTIN(CONFIG_KVM))
		return main_fail(message, -EOPNOTSUPP, "enable: KVM is built into this kernel; take one that has it as a module");
	return main_fail(message, -EBUSY, "enable: KVM is loaded; stop its virtual machines and run rmmod kvm first");
}

/* It finds the CPUs as they were; there is nothing to take hold of again. */
void kvm_let_in(bool again)
{
	mutex_lock(&kvm_lock);
	kept_out = false;
	mutex_unlock(&kvm_lock);
}
