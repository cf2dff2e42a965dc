// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns keeping the kernel's KVM away while Bulkhead holds EL2. Probes at the doors of KVM return before it does anything: no new
 * virtual machine, no call of one that was overlooked, no attempt to take EL2 when a CPU comes online or wakes from deep idle.
 * KVM then believes what is true: that it is not enabled on such a CPU; it takes EL2 back when the CPUs are cycled.
 */
#include <linux/kprobes.h>
#include <linux/magic.h>
#include <linux/notifier.h>
#include <linux/ptrace.h>

#include "bulkhead.h"
#include "compat.h"

/* Leaves the probed function at its first instruction, with this result. */
static int kvm_answer(struct pt_regs *regs, long result)
{
	regs_set_return_value(regs, (unsigned long)result);
	instruction_pointer_set(regs, procedure_link_pointer(regs));
	return 1;
}
NOKPROBE_SYMBOL(kvm_answer);

static int kvm_refuse(struct kprobe *probe, struct pt_regs *regs)
{
	return kvm_answer(regs, -EBUSY);
}
NOKPROBE_SYMBOL(kvm_refuse);

static int kvm_skip(struct kprobe *probe, struct pt_regs *regs)
{
	return kvm_answer(regs, 0);
}
NOKPROBE_SYMBOL(kvm_skip);

static int kvm_skip_notifier(struct kprobe *probe, struct pt_regs *regs)
{
	return kvm_answer(regs, NOTIFY_OK);
}
NOKPROBE_SYMBOL(kvm_skip_notifier);

static struct kprobe probes[5];
static const struct door {
	const char *symbol;
	kprobe_pre_handler_t handler;
	bool needed; /* where there is a KVM, there is this function */
} doors[ARRAY_SIZE(probes)] = {
	{ "kvm_dev_ioctl", kvm_refuse, true }, /* must be first: tells whether there is a KVM */
	{ "kvm_vm_ioctl", kvm_refuse, true },  { "kvm_vcpu_ioctl", kvm_refuse, true },
	{ COMPAT_KVM_ONLINE, kvm_skip, true }, { "hyp_init_cpu_pm_notifier", kvm_skip_notifier, false },
};
static struct kprobe quirk, mode_quirk; /* for CPUs that come back */
static u32 *boot_mode;                  /* the kernel's __boot_cpu_mode */
static bool present;

/*
 * A CPU that comes while enabled starts at EL1. The kernel notes that in the first word, and from then on takes EL2 for unusable: since
 * 6.19 it then lets no CPU in that once said it can trap ICV_DIR_EL1, not even when we are gone. Before it looks, the note is made again
 * what it is at boot: like the second word.
 */
static int kvm_mend_mode(struct kprobe *probe, struct pt_regs *regs)
{
	WRITE_ONCE(boot_mode[0], READ_ONCE(boot_mode[1]));
	return 0;
}
NOKPROBE_SYMBOL(kvm_mend_mode);

/* A probe finds its symbol before it is refused, as there is no code to be probed. */
static u32 *kvm_find_mode(void)
{
	struct kprobe probe = { .symbol_name = "__boot_cpu_mode" };

	if (!register_kprobe(&probe)) {
		unregister_kprobe(&probe);
		return NULL;
	}
	return (u32 *)probe.addr;
}

static void kvm_watch_mode(void)
{
	mode_quirk.symbol_name = "can_trap_icv_dir_el1";
	mode_quirk.pre_handler = kvm_mend_mode;
	boot_mode = kvm_find_mode();
	if (!boot_mode || register_kprobe(&mode_quirk))
		mode_quirk.addr = NULL;
}

static bool kvm_is_machine(const struct file *file, const void *unused)
{
	const struct dentry *dentry = file->f_path.dentry;

	return dentry->d_sb->s_magic == ANON_INODE_FS_MAGIC &&
	       (!strcmp(dentry->d_name.name, "kvm-vm") || !strncmp(dentry->d_name.name, "kvm-vcpu:", 9));
}

static void kvm_open_doors(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probes[i].addr)
			unregister_kprobe(&probes[i]);
	memset(probes, 0, sizeof(probes));
}

void kvm_let_in(bool again)
{
	kvm_open_doors();
	if (again && present)
		cpus_cycle();
}

/* As long as the module is there: a CPU may go while enabled and come back later. */
int kvm_doors_init(void)
{
	quirk.symbol_name = arch_hotplug_quirk();
	quirk.pre_handler = kvm_skip;
	if (quirk.symbol_name && register_kprobe(&quirk))
		quirk.addr = NULL; /* no such function: nothing to mend */
	kvm_watch_mode();
	return 0;
}

void kvm_doors_exit(void)
{
	if (quirk.addr)
		unregister_kprobe(&quirk);
	if (mode_quirk.addr)
		unregister_kprobe(&mode_quirk);
}

static int kvm_close_doors(char *message)
{
	unsigned int i;
	int error;

	memset(probes, 0, sizeof(probes));
	present = false;
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		probes[i].symbol_name = doors[i].symbol;
		probes[i].pre_handler = doors[i].handler;
		error = register_kprobe(&probes[i]);
		if (error)
			probes[i].addr = NULL;
		if (error == -ENOENT && i == 0)
			return 0; /* a kernel without KVM */
		present = true;
		if (error && (doors[i].needed || error != -ENOENT)) {
			kvm_open_doors();
			return main_fail(message, -EOPNOTSUPP,
					 "enable: KVM cannot be kept out: no probe on %s (%d); boot with kvm-arm.mode=none",
					 doors[i].symbol, error);
		}
	}
	return 0;
}

/* The doors first: nobody makes a machine between the look and the launch. */
int kvm_keep_out(char *message)
{
	struct process_name who;
	int error = kvm_close_doors(message);

	if (error || !present)
		return error;
	if (!process_find_file(kvm_is_machine, NULL, &who))
		return 0;
	kvm_let_in(false);
	return main_fail(message, -EBUSY, "enable: KVM in use by %s (pid %d); stop its virtual machine first", who.comm, who.pid);
}
