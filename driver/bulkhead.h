/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the module share. One lock, driver_lock, covers all state of the module: ioctls, release and the poll
 * take it whole; CPU hotplug callbacks and sysfs do not, see cpus.c and sysfs.c.
 *
 * Functions with a `message` fill it (may be NULL) with one line - object, rule, fix - when they fail, and log that line.
 */
#ifndef BULKHEAD_DRIVER_BULKHEAD_H
#define BULKHEAD_DRIVER_BULKHEAD_H

#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/printk.h>

#include <bulkhead/abi/blob.h>
#include <bulkhead/abi/boot.h>
#include <bulkhead/abi/comm.h>
#include <bulkhead/abi/console.h>
#include <bulkhead/abi/exits.h>
#include <bulkhead/abi/hypercall.h>
#include <bulkhead/abi/ioctl.h>

#define BULKHEAD_IMAGE "bulkhead-" BULKHEAD_ARCH_NAME ".bin"

#ifdef CONFIG_ARM64
#define BULKHEAD_ARCH_NAME "arm64"
#define BULKHEAD_ARCH_ID BULKHEAD_ARCH_ARM64
#define BULKHEAD_ENTRY_FIX "boot with kvm-arm.mode=nvhe or none"
#endif
#ifdef CONFIG_X86
#define BULKHEAD_ARCH_NAME "x86"
#define BULKHEAD_ARCH_ID BULKHEAD_ARCH_X86
#define BULKHEAD_ENTRY_FIX "install image and module from one build"
#endif
#ifdef CONFIG_RISCV
#define BULKHEAD_ARCH_NAME "riscv"
#define BULKHEAD_ARCH_ID BULKHEAD_ARCH_RISCV
#define BULKHEAD_ENTRY_FIX "install image and module from one build"
#endif

/* main.c */
extern struct mutex driver_lock;
struct device *main_device(void);
/* Logs the line, copies it to message, returns error. */
__printf(3, 4) int main_fail(char *message, int error, const char *format, ...);

/* arch_*.c: the architecture */
int __must_check arch_check(char *message); /* can this kernel be put on the hypervisor? */
u64 arch_hwid(void);                        /* hardware id of this CPU */
/* Writes what the entry needs into the hypervisor's memory, which holds the image already. */
int __must_check arch_prepare(void *start, u64 base, const struct image_header *header, char *message);
long arch_enter(u64 entry, u64 base, u32 index); /* this CPU enters the hypervisor; interrupts off; 0 or -errno */
long arch_exit(void);                            /* HC_CPU_EXIT on this CPU; interrupts off */
long arch_hypercall(u32 number, u64 a, u64 b, u64 c, u64 d);
void arch_clean(void *start, size_t size); /* clean and invalidate to the point of coherency */
void arch_park(u64 hwid);                  /* an offline CPU goes to the hypervisor, where the kernel does not do it */
const char *arch_hotplug_quirk(void);      /* a kernel function that CPUs which come back must skip, or NULL */

/* hypercall.c: only while enabled */
long hypercall(u32 number, u64 a, u64 b, u64 c, u64 d);
long hypercall_finish(u32 number, u64 a, u64 b, u64 c, u64 d);  /* repeats a resumable call until it is done; sleeps */
long hypercall_settled(u32 number, u64 a, u64 b, u64 c, u64 d); /* repeats it, with HC_WORK between, until what it waits for is done */
int hypercall_init(void);
void hypercall_exit(void);
void *hypercall_bounce(void);                                                      /* 64 KiB, physically contiguous; driver_lock */
int __must_check hypercall_take_blob(u64 user, u32 size, u16 type, char *message); /* copies a blob into the bounce buffer */
int hypercall_cell_info(u32 id, struct cell_info *info);                           /* info: kmalloc memory */
int hypercall_cpu_info(u32 cpu, struct cpu_info *info);                            /* same */
int hypercall_system_info(struct system_info *info);                               /* same */
bool hypercall_locked(void);                                                       /* HC_LOCK was called */

/* claims.c: host memory */
int __must_check claims_take(const struct claim_request *request, const char *who, struct claim *claim, char *message);
void claims_return(struct claim *claim);     /* and zero it; harmless when already zero */
void claims_show(const struct claim *claim); /* its pages may be looked at: they are mapped here */

/* cpus.c: board CPU numbers to Linux CPUs, and who owns them */
int cpus_init(void);
void cpus_exit(void);
int __must_check cpus_map(const u64 *hwid, u32 count, char *message); /* all present CPUs online, each in hwid[] */
void cpus_unmap(void);
int cpus_board(unsigned int cpu); /* -1: none */
int cpus_linux(u32 board);        /* -1: none */
int __must_check cpus_take(u32 board, const char *cell, char *message);
void cpus_return(u32 board); /* lost CPUs stay away */
void cpus_cycle(void);       /* every online CPU off and on again */

/* devices.c */
struct held_device {
	struct device *device;
	char name[BULKHEAD_DEVICE_NAME];
};
int devices_init(void);
void devices_exit(void);
int __must_check devices_take(const char *name, struct held_device *held, char *message);
void devices_return(struct held_device *held); /* re-probes */

/* process.c: who has a file open */
struct process_name {
	pid_t pid;
	char comm[TASK_COMM_LEN];
};
/* The first open file of any process that match() accepts; match is called with locks held. */
bool process_find_file(bool (*match)(const struct file *file, const void *arg), const void *arg, struct process_name *who);

/* kvm.c, or kvm_module.c where KVM is a module */
int kvm_doors_init(void);
void kvm_doors_exit(void);
int __must_check kvm_keep_out(char *message);
void kvm_let_in(bool again); /* again: cycles the CPUs, so that KVM takes hold of them */

/* enable.c, launch.c */
struct export_view {         /* the hypervisor's pages that the root may read; NULL pointers: none */
	const u64 *counters; /* [cpu_count][EXIT_COUNTERS] */
	const struct console_ring *ring;
	u32 cpu_count;
};
bool enable_active(void);
const struct export_view *enable_exports(void);
int enable_request(void *argument, char *message);
int disable_request(void *argument, char *message);
int lock_request(void *argument, char *message);

/* notify.c; arch_*: notify_of.c, notify_x86.c */
void notify_begin(u32 number); /* as in struct bulkhead_enable */
void notify_end(void);
int notify_irq(void);                          /* the kernel's number; 0: cells' ends are polled for */
int __must_check arch_notify_open(u32 number); /* the kernel's number, or -errno */
void arch_notify_close(int irq);
u64 arch_notify_target(u32 number, int irq); /* what HC_NOTIFY takes */

/* window.c */
long window_info(u32 id, const struct window_header **header); /* base of its claim, or -errno; *header: in the bounce buffer */
void window_keep(struct claim *claim);                         /* a window was made: takes its claim, and zeroes it here */
void window_look(void);                                        /* windows came or ended */
void window_forget(void);                                      /* after disable */

/* channel.c */
struct channel;
bool channel_wanted(const struct blob_window *window);                                       /* the root is a member */
struct channel *channel_make(const struct window_header *header, const struct claim *claim); /* NULL: the claim stays the caller's */
void channel_end(struct channel *channel); /* its claim goes back when nobody has it open */
void channel_look(void);                   /* any context: wakes those who wait for what came */

/* confirm.c */
void confirm_begin(u32 seconds); /* 0: nothing to wait for */
void confirm_end(void);
bool confirm_waiting(void);
int confirm_request(void *argument, char *message);
void confirm_exit(void); /* without driver_lock */

struct launch { /* all CPUs enter, or none */
	u64 base;
	u64 entry;
	u32 cpu_count;
	u32 turn; /* whose turn it is; release/acquire between the CPUs */
	u32 entered;
	u32 failed_cpu;
	long error;      /* of the CPU that failed */
	long undo_error; /* not 0: some CPUs could not be brought back, the memory must stay */
	bool tried;      /* some CPU left its native state */
	const struct boot_block *block;
	u64 export_base, export_size; /* out; the last CPU reads them before it enters, as the block is hidden afterwards */
};
int __must_check launch_enter(struct launch *launch); /* 0, launch->error, or -EAGAIN: the CPUs changed */
long __must_check launch_leave(void);                 /* all online CPUs; 0 or the first error: the memory must stay */

/* cell.c, query.c */
struct cell_record {
	struct list_head link;  /* sorted by id */
	struct kobject kobject; /* owns the memory of the record once sysfs_add_cell() was called */
	bool visible;           /* in sysfs */
	u32 id;
	char name[BULKHEAD_NAME_SIZE];
	u32 cpu_count, claim_count, device_count;
	u32 cpus[BULKHEAD_MAX_CPUS];          /* board numbers taken so far */
	struct claim claims[CELL_MAX_CLAIMS]; /* taken so far, in the order of the hypervisor's needs */
	u32 kinds[CELL_MAX_CLAIMS];
	struct held_device devices[BULKHEAD_MAX_DEVICES];
	const struct console_ring *ring;
	struct comm_page *comm; /* read-only */
	u32 last_state;         /* announced by uevent */
};
extern struct list_head cell_records;
struct cell_record *cell_find(u32 id);
void cell_release(const struct file *file); /* gives back what PREPARE took for this file */
const char *cell_blocking_disable(void);    /* name of a cell or preparation that exists, or NULL */
void cell_reclaim_root_pool(void);
void cell_forget_root_pool(void); /* after disable: all memory is the root's again */
int cell_prepare(struct file *file, void *argument, char *message);
int cell_create(struct file *file, void *argument, char *message);
int cell_load(struct file *file, void *argument, char *message);
int cell_start(struct file *file, void *argument, char *message);
int cell_stop(struct file *file, void *argument, char *message);
int cell_suspend(struct file *file, void *argument, char *message);
int cell_resume(struct file *file, void *argument, char *message);
int cell_destroy(struct file *file, void *argument, char *message);
int cell_shutdown(struct file *file, void *argument, char *message);
int cell_comm(struct file *file, void *argument, char *message);
void cell_destroy_all(void); /* by force, preparations too; ends at the first that resists */
int query_status(void *argument, char *message);
int query_cell(void *argument, char *message);
int query_cpu(void *argument, char *message);
int query_window(void *argument, char *message);
int query_console(void *argument, char *message);
int query_stats(void *argument, char *message);
/* Last line of the hypervisor's log, without its prefix; "" if there is none. */
void query_last_line(char *line, size_t size);

/* sysfs.c */
extern const struct attribute_group *sysfs_groups[];
int sysfs_init(void);
void sysfs_exit(void);
void sysfs_add_cell(struct cell_record *record);
void sysfs_remove_cell(struct cell_record *record); /* frees the record */
const char *sysfs_state_name(u32 state);
void sysfs_event(const char *event, struct cell_record *record, u32 state); /* uevent, and to those who poll its state */
void sysfs_watch(void);    /* a cell is there: starts the poll for what it does by itself, if it needs one */
void sysfs_look_now(void); /* from interrupts: a cell may have done something by itself */
void sysfs_forget(void);   /* after disable */

/* pm.c */
int pm_init(void);
void pm_exit(void);

/* reboot.c */
int reboot_init(void);
void reboot_exit(void);

/* vmcore.c */
int vmcore_init(void);
void vmcore_exit(void);

#endif
