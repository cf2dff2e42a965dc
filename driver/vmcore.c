// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what a dump kernel may read, where this module is loaded in one: the crashed kernel's cells go on, and what is theirs or the
 * hypervisor's faults. Nothing tells a dump kernel what that is, so each page is tried before it is read; in /proc/vmcore it is zeros.
 */
#include <linux/crash_dump.h>
#include <linux/io.h>
#include <linux/uaccess.h>

#include "bulkhead.h"

static bool vmcore_is_ram(struct vmcore_cb *callback, unsigned long pfn)
{
	void *page = memremap((resource_size_t)pfn << PAGE_SHIFT, PAGE_SIZE, MEMREMAP_WB);
	u64 word;
	bool readable = page && !copy_from_kernel_nofault(&word, page, sizeof(word));

	if (page)
		memunmap(page);
	return readable;
}

static struct vmcore_cb vmcore_block = { .pfn_is_ram = vmcore_is_ram };

int vmcore_init(void)
{
	if (is_kdump_kernel())
		register_vmcore_cb(&vmcore_block);
	return 0;
}

void vmcore_exit(void)
{
	if (is_kdump_kernel())
		unregister_vmcore_cb(&vmcore_block);
}
