// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the buffers that hypercalls read and write: physically contiguous, in the root's own memory, 8-byte aligned. Structures
 * travel through kmalloc memory, user data and blobs through one 64 KiB bounce buffer under driver_lock.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "bulkhead.h"

static void *bounce;

long hypercall(u32 number, u64 a, u64 b, u64 c, u64 d)
{
	return arch_hypercall(number, a, b, c, d);
}

/* Not interruptible: each call makes progress, and who comes half-way would have to be finished by somebody else. */
long hypercall_finish(u32 number, u64 a, u64 b, u64 c, u64 d)
{
	long result;

	while ((result = arch_hypercall(number, a, b, c, d)) == -EAGAIN)
		cond_resched();
	return result;
}

long hypercall_settled(u32 number, u64 a, u64 b, u64 c, u64 d)
{
	long result;

	while ((result = arch_hypercall(number, a, b, c, d)) == -EAGAIN) {
		hypercall_finish(HC_WORK, 0, 0, 0, 0);
		cond_resched();
	}
	return result;
}

int hypercall_init(void)
{
	bounce = alloc_pages_exact(BLOB_MAX_SIZE, GFP_KERNEL);
	return bounce ? 0 : -ENOMEM;
}

void hypercall_exit(void)
{
	free_pages_exact(bounce, BLOB_MAX_SIZE);
}

void *hypercall_bounce(void)
{
	return bounce;
}

int hypercall_take_blob(u64 user, u32 size, u16 type, char *message)
{
	const struct blob_header *header = bounce;

	if (size < sizeof(*header) || size > BLOB_MAX_SIZE)
		return main_fail(message, -EINVAL, "blob: %u bytes, must be %zu to %u; rebuild it with cellctl", size, sizeof(*header),
				 BLOB_MAX_SIZE);
	if (copy_from_user(bounce, u64_to_user_ptr(user), size))
		return main_fail(message, -EFAULT, "blob: not readable at the address given; pass the address of %u bytes", size);
	if (header->magic != BLOB_MAGIC || header->size != size || header->type != type)
		return main_fail(message, -EINVAL, "blob: its header is not that of a %s of %u bytes; rebuild it with cellctl",
				 type == BLOB_SYSTEM ? "system" : "cell", size);
	if (header->abi_major != BULKHEAD_ABI_MAJOR)
		return main_fail(message, -EPROTO, "blob: made for ABI %u.%u, this module has %u.%u; use cellctl and module of one build",
				 header->abi_major, header->abi_minor, BULKHEAD_ABI_MAJOR, BULKHEAD_ABI_MINOR);
	if (memchr_inv(&header->name[BULKHEAD_NAME_SIZE - 1], 0, 1))
		return main_fail(message, -EINVAL, "blob: its name does not end; rebuild it with cellctl");
	return 0;
}

int hypercall_cell_info(u32 id, struct cell_info *info)
{
	return (int)hypercall_finish(HC_CELL_INFO, id, virt_to_phys(info), sizeof(*info), 0);
}

int hypercall_cpu_info(u32 cpu, struct cpu_info *info)
{
	return (int)hypercall_finish(HC_CPU_INFO, cpu, virt_to_phys(info), sizeof(*info), 0);
}

int hypercall_system_info(struct system_info *info)
{
	return (int)hypercall_finish(HC_SYSTEM_INFO, virt_to_phys(info), sizeof(*info), 0, 0);
}

bool hypercall_locked(void)
{
	struct system_info *info = kzalloc(sizeof(*info), GFP_KERNEL);
	bool locked = info && hypercall_system_info(info) == 0 && info->flags & SYSTEM_LOCKED;

	kfree(info);
	return locked;
}
