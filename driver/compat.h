/* SPDX-License-Identifier: GPL-2.0-only */
/* The only file that knows kernel versions: 6.1 and later. Everything else is written against the newest of them. */
#ifndef BULKHEAD_DRIVER_COMPAT_H
#define BULKHEAD_DRIVER_COMPAT_H

#include <linux/console.h>
#include <linux/fdtable.h>
#include <linux/gfp.h>
#include <linux/kobject.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/platform_device.h>
#include <linux/version.h>

/* Since 6.10 the exported symbol is alloc_contig_range_noprof() and the name a macro over it; 6.16 replaced the migrate type. */
static inline int compat_alloc_contig_range(unsigned long start, unsigned long end)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
	return alloc_contig_range(start, end, ACR_FLAGS_NONE, GFP_KERNEL | __GFP_NOWARN);
#else
	return alloc_contig_range(start, end, MIGRATE_MOVABLE, GFP_KERNEL | __GFP_NOWARN);
#endif
}

/* Before 6.3 these flags are an ordinary field, which only the owner of the VMA's lock writes. */
static inline void compat_vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_clear(vma, flags);
#else
	vma->vm_flags &= ~flags;
#endif
}

/* Renamed in 6.17. */
static inline bool compat_page_movable(struct page *page)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
	return page_has_movable_ops(page);
#else
	return __PageMovable(page);
#endif
}

/* system_wq warns since its name says of which CPU it is. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define system_percpu_wq system_wq
#endif

/* Renamed or moved in 6.16. */
#ifdef CONFIG_X86
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#include <asm/cpuid/api.h>
#else
#define rdmsrq rdmsrl
#define rdmsrq_safe_on_cpu rdmsrl_safe_on_cpu
#define wrmsrq wrmsrl
#endif
#endif

/* Before 6.2 the list of consoles is guarded by the console lock itself. */
static inline void compat_console_list_lock(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	console_list_lock();
#else
	console_lock();
#endif
}

static inline void compat_console_list_unlock(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	console_list_unlock();
#else
	console_unlock();
#endif
}

/* remove() of a platform driver returns nothing since 6.11; between 6.3 and then remove_new() did. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define COMPAT_PLATFORM_REMOVE(name) static void name(struct platform_device *device)
#define COMPAT_PLATFORM_REMOVE_MEMBER remove
#define COMPAT_PLATFORM_REMOVE_RETURN
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define COMPAT_PLATFORM_REMOVE(name) static void name(struct platform_device *device)
#define COMPAT_PLATFORM_REMOVE_MEMBER remove_new
#define COMPAT_PLATFORM_REMOVE_RETURN
#else
#define COMPAT_PLATFORM_REMOVE(name) static int name(struct platform_device *device)
#define COMPAT_PLATFORM_REMOVE_MEMBER remove
#define COMPAT_PLATFORM_REMOVE_RETURN return 0
#endif

/* The function KVM runs on a CPU that comes online: cpuhp callback kvm_starting_cpu() until 6.2, kvm_online_cpu() since. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define COMPAT_KVM_ONLINE "kvm_online_cpu"
#else
#define COMPAT_KVM_ONLINE "kvm_starting_cpu"
#endif

#endif
