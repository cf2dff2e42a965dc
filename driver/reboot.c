// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what becomes of cells when this kernel goes down by reboot, power-off, halt or kexec. While a critical cell runs it does not:
 * reboot(2) fails, by a probe; a way that passes no system call waits for the cell's end; one that asks nobody (sysrq, panic=) ends in
 * this kernel standing still, where kernels let a module have a say, and in the hypervisor's closed doors everywhere. Else every
 * running cell is asked to end, gets its time, and is destroyed, and the hypervisor goes.
 */
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>
#include <linux/reboot.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <asm/syscall.h>

#include "bulkhead.h"

static unsigned int shutdown_timeout = 5;
module_param(shutdown_timeout, uint, 0644);
MODULE_PARM_DESC(shutdown_timeout, "Seconds that cells have to end by themselves when the machine goes down");

#ifdef CONFIG_ARM64
#define REBOOT_CALLS "__arm64_sys_reboot"
#endif
#ifdef CONFIG_X86
#define REBOOT_CALLS "__x64_sys_reboot", "__ia32_sys_reboot"
#endif
#ifdef CONFIG_RISCV
#define REBOOT_CALLS "__riscv_sys_reboot"
#endif
/* riscv: functions begin with the tracer's eight bytes, which take no probe; nothing of the call is changed behind them either. */
#define REBOOT_OFFSET (IS_ENABLED(CONFIG_RISCV) && IS_ENABLED(CONFIG_DYNAMIC_FTRACE) && !IS_ENABLED(CONFIG_KPROBES_ON_FTRACE) ? 8 : 0)

static const char *const calls[] = { REBOOT_CALLS };
static struct kprobe probes[ARRAY_SIZE(calls)];
static struct sys_off_handler *restart_handler;
static struct system_info *system; /* only its flags are looked at, so whoever asks at the same time may write it, too */

/* Takes no lock and does not sleep. */
static bool reboot_refused(void)
{
	if (!enable_active())
		return false;
	while (hypercall(HC_SYSTEM_INFO, virt_to_phys(system), sizeof(*system), 0, 0) == -EAGAIN)
		cpu_relax();
	return READ_ONCE(system->flags) & SYSTEM_CRITICAL;
}
NOKPROBE_SYMBOL(reboot_refused);

/* The first cell that runs and has these flags, or NULL; a critical one may also be suspended. driver_lock. */
static struct cell_record *reboot_alive(struct cell_info *info, u32 flags)
{
	struct cell_record *record;

	list_for_each_entry(record, &cell_records, link)
		if (!hypercall_cell_info(record->id, info) && (info->flags & flags) == flags &&
		    (info->state == CELL_RUNNING || (flags && info->state == CELL_SUSPENDED)))
			return record;
	return NULL;
}

static void reboot_say(const char *what, struct cell_info *info)
{
	const struct cell_record *record = reboot_alive(info, BLOB_CELL_CRITICAL);

	if (record)
		pr_warn("bulkhead: %s: cell %s is critical and runs; run cellctl %s %s first\n", what, record->name,
			hypercall_locked() ? "shutdown" : "stop --force", record->name);
}

/* Instead of the system call, in its process. */
static long reboot_busy(const struct pt_regs *regs)
{
	struct cell_info *info = kzalloc(sizeof(*info), GFP_KERNEL);

	mutex_lock(&driver_lock);
	if (info)
		reboot_say("reboot refused", info);
	mutex_unlock(&driver_lock);
	kfree(info);
	return -EBUSY;
}

static bool reboot_goes_down(void)
{
	unsigned long arguments[6];

	if (task_active_pid_ns(current) != &init_pid_ns) /* that ends a container */
		return false;
	syscall_get_arguments(current, task_pt_regs(current), arguments);
	switch ((unsigned int)arguments[2]) {
	case LINUX_REBOOT_CMD_RESTART:
	case LINUX_REBOOT_CMD_RESTART2:
	case LINUX_REBOOT_CMD_HALT:
	case LINUX_REBOOT_CMD_POWER_OFF:
	case LINUX_REBOOT_CMD_KEXEC: return true;
	default: return false;
	}
}
NOKPROBE_SYMBOL(reboot_goes_down);

static int reboot_called(struct kprobe *probe, struct pt_regs *regs)
{
	if (!reboot_refused() || !reboot_goes_down())
		return 0;
	instruction_pointer_set(regs, (unsigned long)reboot_busy);
	return 1;
}
NOKPROBE_SYMBOL(reboot_called);

/* A notifier has no veto, but all the time it wants. */
static void reboot_hold(struct cell_info *info)
{
	bool said = false;

	while (reboot_refused()) {
		mutex_lock(&driver_lock);
		if (!said)
			reboot_say("the machine waits to go down", info);
		mutex_unlock(&driver_lock);
		said = true;
		msleep(200);
	}
}

static void reboot_ask(struct cell_info *info)
{
	unsigned long deadline = jiffies + shutdown_timeout * HZ;
	struct cell_record *record;

	list_for_each_entry(record, &cell_records, link)
		if (hypercall_finish(HC_CELL_SHUTDOWN, record->id, 0, 0, 0) >= 0)
			pr_info("bulkhead: the machine goes down: cell %s is asked to end\n", record->name);
	while ((record = reboot_alive(info, 0)) && time_before(jiffies, deadline))
		msleep(20);
	if (record)
		pr_warn("bulkhead: cell %s did not end in %u s (shutdown_timeout) and is stopped\n", record->name, shutdown_timeout);
}

/* A locked machine stays as it is but for what runs. */
static void reboot_stop(struct cell_info *info)
{
	struct cell_record *record;

	while ((record = reboot_alive(info, 0))) {
		struct bulkhead_cell request = { .id = record->id };

		if (cell_stop(NULL, &request, NULL))
			return;
	}
}

static int reboot_event(struct notifier_block *block, unsigned long event, void *unused)
{
	struct cell_info *info = kzalloc(sizeof(*info), GFP_KERNEL);

	if (!enable_active() || !info)
		goto out;
	reboot_hold(info);
	mutex_lock(&driver_lock);
	if (enable_active()) {
		reboot_ask(info);
		if (hypercall_locked())
			reboot_stop(info);
		else
			cell_destroy_all();
		if (hypercall_locked() || disable_request(NULL, NULL))
			pr_warn("bulkhead: the machine goes down while enabled\n");
	}
	mutex_unlock(&driver_lock);
out:
	kfree(info);
	return NOTIFY_DONE;
}

/* Nobody was asked: sysrq, a panic's reboot. Registers that reset a board are known to this kernel only: so it stands still. */
static int reboot_restart(struct sys_off_data *data)
{
	if (!reboot_refused())
		return NOTIFY_DONE;
	pr_emerg("bulkhead: reset refused: a critical cell runs; this kernel stands still\n");
	for (;;)
		cpu_relax();
}

static struct notifier_block reboot_block = { .notifier_call = reboot_event, .priority = INT_MAX };

int reboot_init(void)
{
	unsigned int i;
	int error = -ENOMEM;

	system = kzalloc(sizeof(*system), GFP_KERNEL);
	if (!system)
		return error;
	restart_handler = register_sys_off_handler(SYS_OFF_MODE_RESTART, INT_MAX, reboot_restart, NULL);
	error = PTR_ERR_OR_ZERO(restart_handler);
	if (error)
		goto no_handler;
	error = register_reboot_notifier(&reboot_block);
	if (error)
		goto no_notifier;
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		probes[i].symbol_name = calls[i];
		probes[i].offset = REBOOT_OFFSET;
		probes[i].pre_handler = reboot_called;
		error = register_kprobe(&probes[i]);
		if (!error)
			continue;
		probes[i].addr = NULL;
		pr_info("bulkhead: no probe on %s (%d): while a critical cell runs a reboot waits instead of failing\n", calls[i], error);
	}
	return 0;
no_notifier:
	unregister_sys_off_handler(restart_handler);
no_handler:
	kfree(system);
	return error;
}

void reboot_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (probes[i].addr)
			unregister_kprobe(&probes[i]);
	unregister_reboot_notifier(&reboot_block);
	unregister_sys_off_handler(restart_handler);
	kfree(system);
}
