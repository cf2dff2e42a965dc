// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the module's life, /dev/bulkhead and the dispatch of its ioctls: sizes and flags are checked here, from a table, and
 * the message of a failed call goes back through here. driver_lock is taken here and nowhere deeper, but for the poll.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "bulkhead.h"

DEFINE_MUTEX(driver_lock);

int main_fail(char *message, int error, const char *format, ...)
{
	char line[BULKHEAD_MESSAGE_SIZE];
	va_list args;

	va_start(args, format);
	vscnprintf(line, sizeof(line), format, args);
	va_end(args);
	pr_warn("bulkhead: %s\n", line);
	if (message)
		strscpy(message, line, BULKHEAD_MESSAGE_SIZE);
	return error;
}

static int main_prepare(struct file *file, void *argument, char *message)
{
	return cell_prepare(file, argument, message);
}

static int main_enable(struct file *file, void *argument, char *message)
{
	return enable_request(argument, message);
}

static int main_disable(struct file *file, void *argument, char *message)
{
	return disable_request(argument, message);
}

static int main_lock(struct file *file, void *argument, char *message)
{
	return lock_request(argument, message);
}

static int main_confirm(struct file *file, void *argument, char *message)
{
	return confirm_request(argument, message);
}

static int main_status(struct file *file, void *argument, char *message)
{
	return query_status(argument, message);
}

static int main_cell(struct file *file, void *argument, char *message)
{
	return query_cell(argument, message);
}

static int main_cpu(struct file *file, void *argument, char *message)
{
	return query_cpu(argument, message);
}

static int main_window(struct file *file, void *argument, char *message)
{
	return query_window(argument, message);
}

static int main_console(struct file *file, void *argument, char *message)
{
	return query_console(argument, message);
}

static int main_stats(struct file *file, void *argument, char *message)
{
	return query_stats(argument, message);
}

#define NO_MESSAGE (~0u)
#define CALL_ENABLED 0x1 /* only while the hypervisor is there */

struct call {
	u32 command;
	u32 size;
	u32 flags;   /* that user space may set */
	u32 message; /* offset in the structure, or NO_MESSAGE */
	u32 rules;   /* CALL_* */
	int (*function)(struct file *file, void *argument, char *message);
	const char *name;
};

#define CALL(command, type, flags, message, rules, function, name)                  \
	{                                                                           \
		command, sizeof(struct type), flags, message, rules, function, name \
	}
#define CALL_MESSAGE(command, type, flags, rules, function, name) \
	CALL(command, type, flags, offsetof(struct type, message), rules, function, name)

static const struct call calls[] = {
	CALL_MESSAGE(BULKHEAD_ENABLE, bulkhead_enable, 0, 0, main_enable, "enable"),
	CALL_MESSAGE(BULKHEAD_DISABLE, bulkhead_simple, 0, CALL_ENABLED, main_disable, "disable"),
	CALL_MESSAGE(BULKHEAD_PREPARE, bulkhead_prepare, 0, CALL_ENABLED, main_prepare, "prepare"),
	CALL_MESSAGE(BULKHEAD_CREATE, bulkhead_create, 0, CALL_ENABLED, cell_create, "create"),
	CALL_MESSAGE(BULKHEAD_LOAD, bulkhead_load, 0, CALL_ENABLED, cell_load, "load"),
	CALL_MESSAGE(BULKHEAD_START, bulkhead_start, 0, CALL_ENABLED, cell_start, "start"),
	CALL_MESSAGE(BULKHEAD_STOP, bulkhead_cell, BULKHEAD_STOP_FORCE | BULKHEAD_STOP_WATCHDOG, CALL_ENABLED, cell_stop, "stop"),
	CALL_MESSAGE(BULKHEAD_DESTROY, bulkhead_cell, BULKHEAD_STOP_FORCE, CALL_ENABLED, cell_destroy, "destroy"),
	CALL_MESSAGE(BULKHEAD_SUSPEND, bulkhead_cell, BULKHEAD_STOP_FORCE, CALL_ENABLED, cell_suspend, "suspend"),
	CALL_MESSAGE(BULKHEAD_RESUME, bulkhead_cell, 0, CALL_ENABLED, cell_resume, "resume"),
	CALL_MESSAGE(BULKHEAD_SHUTDOWN, bulkhead_cell, 0, CALL_ENABLED, cell_shutdown, "shutdown"),
	CALL_MESSAGE(BULKHEAD_LOCK, bulkhead_simple, 0, CALL_ENABLED, main_lock, "lock"),
	CALL_MESSAGE(BULKHEAD_CONFIRM, bulkhead_simple, 0, CALL_ENABLED, main_confirm, "confirm"),
	CALL(BULKHEAD_COMM, bulkhead_comm, 0, NO_MESSAGE, CALL_ENABLED, cell_comm, "comm"),
	CALL(BULKHEAD_STATUS, bulkhead_status, 0, NO_MESSAGE, 0, main_status, "status"),
	CALL(BULKHEAD_CELL_QUERY, bulkhead_cell_query, BULKHEAD_QUERY_NEXT, NO_MESSAGE, CALL_ENABLED, main_cell, "cell query"),
	CALL(BULKHEAD_CPU_QUERY, bulkhead_cpu_query, 0, NO_MESSAGE, CALL_ENABLED, main_cpu, "cpu query"),
	CALL(BULKHEAD_CONSOLE, bulkhead_console, 0, NO_MESSAGE, CALL_ENABLED, main_console, "console"),
	CALL(BULKHEAD_STATS, bulkhead_stats, 0, NO_MESSAGE, CALL_ENABLED, main_stats, "stats"),
	CALL(BULKHEAD_WINDOW_QUERY, bulkhead_window_query, 0, NO_MESSAGE, CALL_ENABLED, main_window, "window query"),
};

static int main_run(const struct call *call, struct file *file, void *argument)
{
	char *message = call->message == NO_MESSAGE ? NULL : (char *)argument + call->message;
	const u32 *head = argument; /* size, flags */
	int result;

	if (message)
		memset(message, 0, BULKHEAD_MESSAGE_SIZE);
	if (head[0] != call->size)
		return main_fail(message, -EINVAL, "%s: the structure has %u bytes, this module knows %u; use the cellctl built with it",
				 call->name, head[0], call->size);
	if (head[1] & ~call->flags)
		return main_fail(message, -E2BIG, "%s: unknown flags %#x; use the cellctl built with this module", call->name,
				 head[1] & ~call->flags);
	mutex_lock(&driver_lock);
	if ((call->rules & CALL_ENABLED) && !enable_active())
		result = message ? main_fail(message, -ENODEV, "%s: Bulkhead is not enabled; run cellctl enable first", call->name)
				 : -ENODEV;
	else
		result = call->function(file, argument, message);
	mutex_unlock(&driver_lock);
	return result;
}

static const struct call *main_find(unsigned int command)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (_IOC_TYPE(command) == _IOC_TYPE(calls[i].command) && _IOC_NR(command) == _IOC_NR(calls[i].command))
			return &calls[i];
	return NULL;
}

static long main_ioctl(struct file *file, unsigned int command, unsigned long user)
{
	const struct call *call = main_find(command);
	void __user *pointer = (void __user *)user;
	void *argument;
	long result;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!call)
		return -ENOTTY;
	if (command != call->command)
		return main_fail(NULL, -EINVAL, "%s: ioctl number %#x, this module knows %#x; use the cellctl built with it", call->name,
				 command, call->command);
	argument = kmalloc(call->size, GFP_KERNEL);
	if (!argument)
		return -ENOMEM;
	if (copy_from_user(argument, pointer, call->size)) {
		kfree(argument);
		return -EFAULT;
	}
	result = main_run(call, file, argument);
	/* Results and messages go back in any case; what was done stays done even if the caller cannot read it. */
	if (copy_to_user(pointer, argument, call->size) && result == 0)
		result = -EFAULT;
	kfree(argument);
	return result;
}

static int main_open(struct inode *inode, struct file *file)
{
	return capable(CAP_SYS_ADMIN) ? nonseekable_open(inode, file) : -EPERM;
}

/* Runs when the last user is gone, however it ended. */
static int main_release(struct inode *inode, struct file *file)
{
	mutex_lock(&driver_lock);
	cell_release(file);
	mutex_unlock(&driver_lock);
	return 0;
}

static const struct file_operations main_operations = {
	.owner = THIS_MODULE,
	.open = main_open,
	.release = main_release,
	.unlocked_ioctl = main_ioctl,
};

static struct miscdevice main_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "bulkhead",
	.fops = &main_operations,
	.groups = sysfs_groups,
	.mode = 0600,
};

struct device *main_device(void)
{
	return main_misc.this_device;
}

static const struct {
	int (*init)(void);
	void (*exit)(void);
} parts[] = {
	{ hypercall_init, hypercall_exit }, { cpus_init, cpus_exit }, { devices_init, devices_exit },
	{ kvm_doors_init, kvm_doors_exit }, { pm_init, pm_exit },     { reboot_init, reboot_exit },
	{ vmcore_init, vmcore_exit },
};

static int __init main_init(void)
{
	unsigned int i;
	int error = 0;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		error = parts[i].init();
		if (error)
			goto undo;
	}
	error = misc_register(&main_misc);
	if (error)
		goto undo;
	error = sysfs_init();
	if (!error)
		return 0;
	misc_deregister(&main_misc);
undo:
	while (i-- > 0)
		parts[i].exit();
	pr_err("bulkhead: the module cannot start: error %d\n", error);
	return error;
}

static void __exit main_exit(void)
{
	unsigned int i = ARRAY_SIZE(parts);

	sysfs_exit();
	confirm_exit();
	misc_deregister(&main_misc);
	while (i-- > 0)
		parts[i].exit();
}

module_init(main_init);
module_exit(main_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Bulkhead: splits this machine into cells");
MODULE_VERSION(BULKHEAD_VERSION);
MODULE_FIRMWARE(BULKHEAD_IMAGE);
