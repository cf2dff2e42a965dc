/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of the kernel as driver/main.c, cell.c, query.c and hypercall.c call, on the host, for ioctl.c: one thread, memory that is
 * counted, and user space that is one array. Every <linux/...> they include is an empty file.
 */
#ifndef FUZZ_KERNEL_H
#define FUZZ_KERNEL_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64; /* as its formats say */
#define uint64_t u64

#define CONFIG_ARM64 1
#define __user
#define __init __attribute__((unused))
#define __exit __attribute__((unused))
#define __must_check __attribute__((warn_unused_result))
#define __printf(a, b) __attribute__((format(printf, a, b)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PAGE_SIZE 4096ul
#define TASK_COMM_LEN 16
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define min(a, b) ((a) < (b) ? (a) : (b))
#define min_t(type, a, b) min((type)(a), (type)(b))
#define WARN_ON_ONCE(x) (x)
#define pr_warn(...) ((void)0)
#define pr_err(...) ((void)0)
#define cond_resched() ((void)0)
#define usleep_range(a, b) ((void)0)
#define EXPORTED_NOWHERE(...) struct fuzz_unused
#define module_init(f) EXPORTED_NOWHERE(f)
#define module_exit(f) EXPORTED_NOWHERE(f)
#define MODULE_LICENSE(s) EXPORTED_NOWHERE(s)
#define MODULE_DESCRIPTION(s) EXPORTED_NOWHERE(s)
#define MODULE_VERSION(s) EXPORTED_NOWHERE(s)
#define MODULE_FIRMWARE(s) EXPORTED_NOWHERE(s)

/* --- memory --- */
#define GFP_KERNEL 0
void *kzalloc(size_t size, int flags); /* sometimes NULL */
void kfree(const void *p);
#define kmalloc(size, flags) kzalloc(size, flags)
static inline void *kmemdup(const void *from, size_t size, int flags)
{
	void *to = kzalloc(size, flags);

	return to ? memcpy(to, from, size) : NULL;
}
#define alloc_pages_exact(size, flags) aligned_alloc(PAGE_SIZE, size)
#define free_pages_exact(p, size) free(p)
#define virt_to_phys(p) ((u64)(uintptr_t)(p))
#define phys_to_virt(a) ((void *)(uintptr_t)(a))

/* --- user space: what is not in the array cannot be read or written --- */
unsigned long copy_from_user(void *to, const void *from, unsigned long size);
unsigned long copy_to_user(void *to, const void *from, unsigned long size);
#define u64_to_user_ptr(x) ((void *)(uintptr_t)(x))

/* --- text --- */
static inline int vscnprintf(char *to, size_t size, const char *format, va_list args)
{
	int n = vsnprintf(to, size, format, args);

	return n < (int)size ? n : (int)size - 1;
}
static inline void strscpy(char *to, const char *from, size_t size)
{
	snprintf(to, size, "%s", from);
}
static inline const void *memchr_inv(const void *p, int c, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((const u8 *)p)[i] != (u8)c)
			return (const u8 *)p + i;
	return NULL;
}

/* --- lists --- */
struct list_head {
	struct list_head *next, *prev;
};
#define LIST_HEAD(name) struct list_head name = { &(name), &(name) }
#define list_entry(p, type, member) ((type *)((char *)(p)-offsetof(type, member)))
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_next(pos, member) list_entry((pos)->member.next, __typeof__(*(pos)), member)
#define list_for_each_entry(pos, head, member) \
	for (pos = list_first_entry(head, __typeof__(*pos), member); &pos->member != (head); pos = list_next(pos, member))
#define list_for_each_entry_safe(pos, n, head, member)                                                                   \
	for (pos = list_first_entry(head, __typeof__(*pos), member), n = list_next(pos, member); &pos->member != (head); \
	     pos = n, n = list_next(n, member))
static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}
static inline void list_add(struct list_head *new, struct list_head *after)
{
	*new = (struct list_head){ after->next, after };
	after->next->prev = new;
	after->next = new;
}
static inline void list_add_tail(struct list_head *new, struct list_head *before)
{
	list_add(new, before->prev);
}
static inline void list_del(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
}
static inline void list_move(struct list_head *entry, struct list_head *after)
{
	list_del(entry);
	list_add(entry, after);
}

/* --- what is only named --- */
struct mutex {
	bool held;
};
#define DEFINE_MUTEX(name) struct mutex name
void mutex_lock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);
struct device;
struct inode;
struct file {
	int number;
};
struct kobject {
	int unused;
};
struct attribute_group;
struct file_operations {
	void *owner;
	int (*open)(struct inode *, struct file *);
	int (*release)(struct inode *, struct file *);
	long (*unlocked_ioctl)(struct file *, unsigned int, unsigned long);
};
struct miscdevice {
	int minor, mode;
	const char *name;
	const struct file_operations *fops;
	const struct attribute_group **groups;
	struct device *this_device;
};
#define THIS_MODULE NULL
#define MISC_DYNAMIC_MINOR 255
#define CAP_SYS_ADMIN 21
#define capable(what) true
#define nonseekable_open(inode, file) 0
#define misc_register(misc) 0
#define misc_deregister(misc) ((void)0)
#define current NULL
#define task_tgid_nr(task) 1
#define get_task_comm(to, task) strcpy(to, "fuzz")
#define signal_pending(task) false

#endif
