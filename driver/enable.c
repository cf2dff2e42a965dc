// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the way in and out of the hypervisor: image, memory, boot block, launch; each step has its undo and its name. driver_lock.
 */
#include <linux/cpumask.h>
#include <linux/firmware.h>
#include <linux/io.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>
#include <crypto/sha2.h>

#include "bulkhead.h"
#include "image_hash.h"

struct enabling {
	struct bulkhead_enable *request;
	char *message;
	const struct firmware *image;
	const struct image_header *header;
	struct boot_block *block;
	struct launch launch;
};

static bool active;
static struct claim memory; /* the hypervisor's */
static struct export_view exports;

bool enable_active(void)
{
	return READ_ONCE(active);
}

const struct export_view *enable_exports(void)
{
	return &exports;
}

static int enable_machine(struct enabling *e)
{
	if (e->request->cpu_count == 0 || e->request->cpu_count > BULKHEAD_MAX_CPUS)
		return main_fail(e->message, -EINVAL, "enable: %u CPUs, must be 1 to %u; rebuild the board with cellctl",
				 e->request->cpu_count, BULKHEAD_MAX_CPUS);
	return arch_check(e->message);
}

static int enable_blob(struct enabling *e)
{
	return hypercall_take_blob(e->request->blob, e->request->blob_size, BLOB_SYSTEM, e->message);
}

static int enable_cpus(struct enabling *e)
{
	return cpus_map(e->request->hwid, e->request->cpu_count, e->message);
}

static void enable_cpus_undo(struct enabling *e)
{
	cpus_unmap();
}

static int enable_check_header(struct enabling *e)
{
	const struct image_header *h = e->header;

	if (e->image->size < sizeof(*h) || h->magic != IMAGE_MAGIC || h->arch != BULKHEAD_ARCH_ID)
		return main_fail(e->message, -ENOEXEC, "enable: /lib/firmware/" BULKHEAD_IMAGE " is no Bulkhead image; install it again");
	if (h->abi_major != BULKHEAD_ABI_MAJOR)
		return main_fail(e->message, -EPROTO,
				 "enable: " BULKHEAD_IMAGE " has ABI %u.%u, this module %u.%u; install both from one build", h->abi_major,
				 h->abi_minor, BULKHEAD_ABI_MAJOR, BULKHEAD_ABI_MINOR);
	if (h->file_size != e->image->size || h->boot_offset < h->file_size || h->boot_offset % PAGE_SIZE ||
	    h->entry_offset >= h->file_size || h->fixed_size < h->boot_offset + PAGE_SIZE || h->fixed_size > SZ_2M ||
	    h->percpu_size > SZ_1M)
		return main_fail(e->message, -ENOEXEC, "enable: " BULKHEAD_IMAGE " is damaged: its sizes do not fit; install it again");
	return 0;
}

static int enable_image(struct enabling *e)
{
	static const u8 expected[SHA256_DIGEST_SIZE] = { BULKHEAD_IMAGE_SHA256_BYTES };
	u8 digest[SHA256_DIGEST_SIZE];
	int error = firmware_request_nowarn(&e->image, BULKHEAD_IMAGE, main_device());

	if (error)
		return main_fail(e->message, error,
				 "enable: image /lib/firmware/" BULKHEAD_IMAGE " not found (%d); install the one of this module", error);
	e->header = (const struct image_header *)e->image->data;
	error = enable_check_header(e);
	if (!error) {
		sha256(e->image->data, e->image->size, digest);
		if (memcmp(digest, expected, sizeof(digest)))
			error = main_fail(e->message, -EKEYREJECTED,
					  "enable: " BULKHEAD_IMAGE
					  " has SHA-256 %4phN..., this module takes %4phN...; install both from one build",
					  digest, expected);
	}
	if (error)
		release_firmware(e->image);
	return error;
}

static void enable_image_undo(struct enabling *e)
{
	release_firmware(e->image);
}

static int enable_kvm(struct enabling *e)
{
	return kvm_keep_out(e->message);
}

/* What KVM had on a CPU is gone once the CPU tried to enter. */
static void enable_kvm_undo(struct enabling *e)
{
	kvm_let_in(e->launch.tried);
}

/* Aligned to its own size rounded up, so that it crosses no 2 MiB boundary. */
static int enable_memory(struct enabling *e)
{
	u64 size = e->header->fixed_size + PAGE_ALIGN(e->request->blob_size) + e->request->cpu_count * e->header->percpu_size;
	struct claim_request request = { .size = PAGE_ALIGN(size), .base = BLOB_ANY };

	request.align = max_t(u64, roundup_pow_of_two(request.size), SZ_64K);
	if (request.align > SZ_2M)
		return main_fail(e->message, -E2BIG,
				 "enable: the hypervisor needs %llu KiB for %u CPUs, more than 2 MiB; take a smaller board",
				 request.size >> 10, e->request->cpu_count);
	return claims_take(&request, "hypervisor", &memory, e->message);
}

static void enable_memory_undo(struct enabling *e)
{
	if (!e->launch.undo_error)
		claims_return(&memory);
	else
		pr_err("bulkhead: %llu KiB at 0x%llx stay with the hypervisor: error %ld; restart the machine\n", memory.size >> 10,
		       memory.base, e->launch.undo_error);
}

static int enable_copy(struct enabling *e)
{
	u8 *start = phys_to_virt(memory.base);
	int error;

	memset(start, 0, memory.size);
	memcpy(start, e->image->data, e->header->file_size);
	e->block = (struct boot_block *)(start + e->header->boot_offset);
	*e->block = (struct boot_block){
		.magic = BOOT_MAGIC,
		.size = sizeof(*e->block),
		.abi = BULKHEAD_ABI_VERSION,
		.memory_base = memory.base,
		.memory_size = memory.size,
		.cpu_count = e->request->cpu_count,
		.blob_size = e->request->blob_size,
	};
	memcpy((u8 *)e->block + PAGE_SIZE, hypercall_bounce(), e->request->blob_size);
	error = arch_prepare(start, memory.base, e->header, e->message);
	if (!error)
		arch_clean(start, memory.size);
	return error;
}

/* All CPUs are out again, or never got in: the boot block can be read. */
static int enable_explain(struct enabling *e, int error)
{
	const char *text, *id;

	if (error == -EAGAIN && !e->launch.tried)
		return main_fail(e->message, -EAGAIN, "enable: CPUs went on or offline meanwhile; try again");
	if (e->launch.undo_error)
		return main_fail(e->message, error, "enable: CPU %u failed (%d) and the others cannot leave (%ld); restart the machine",
				 e->launch.failed_cpu, error, e->launch.undo_error);
	arch_clean(e->block, sizeof(*e->block)); /* written with the MMU off, perhaps */
	e->request->step = e->block->step;
	if (!e->block->step)
		return main_fail(e->message, error, "enable: CPU %u did not reach the hypervisor (%d); " BULKHEAD_ENTRY_FIX,
				 e->launch.failed_cpu, error);
	text = (const char *)e->block->message; /* the step's name, or "blob: " and a check's id */
	id = strrchr(text, ' ') ? strrchr(text, ' ') + 1 : text;
	return main_fail(e->message, error, "enable: hypervisor step %u failed on CPU %u (%d): %.60s; see cellctl explain %.60s",
			 e->block->step, e->block->step_cpu, error, text, id);
}

static int enable_launch(struct enabling *e)
{
	int error;

	e->launch.base = memory.base;
	e->launch.entry = memory.base + e->header->entry_offset;
	e->launch.cpu_count = e->request->cpu_count;
	e->launch.block = e->block;
	error = launch_enter(&e->launch);
	return error ? enable_explain(e, error) : 0;
}

static const struct step {
	const char *name;
	int (*run)(struct enabling *e);
	void (*undo)(struct enabling *e);
} steps[] = {
	{ "machine", enable_machine, NULL },
	{ "blob", enable_blob, NULL },
	{ "cpus", enable_cpus, enable_cpus_undo },
	{ "image", enable_image, enable_image_undo },
	{ "kvm", enable_kvm, enable_kvm_undo },
	{ "memory", enable_memory, enable_memory_undo },
	{ "copy", enable_copy, NULL },
	{ "launch", enable_launch, NULL },
};

/* The pages the hypervisor lets the root read; without them there are no logs and no counters, but all else works. */
static void enable_find_exports(u64 base, u64 size)
{
	const struct export_header *page = base ? phys_to_virt(base) : NULL;
	struct export_header header;
	u64 counters;

	memset(&exports, 0, sizeof(exports));
	if (!page || copy_from_kernel_nofault(&header, page, sizeof(header)) || header.magic != EXPORT_MAGIC)
		goto none;
	counters = (u64)header.cpu_count * EXIT_COUNTERS * sizeof(u64);
	if (header.counters_offset % 8 || header.counters_offset > size || counters > size - header.counters_offset ||
	    header.ring_offset % 8 || header.ring_offset > size || sizeof(struct console_ring) > size - header.ring_offset)
		goto none;
	exports.counters = (const void *)page + header.counters_offset;
	exports.ring = (const void *)page + header.ring_offset;
	exports.cpu_count = header.cpu_count;
	return;
none:
	pr_warn("bulkhead: the hypervisor exports no readable pages (0x%llx): no console and no statistics\n", base);
}

#define CONFIRM_MAX 86400 /* seconds */

int enable_request(void *argument, char *message)
{
	struct enabling e = { .request = argument, .message = message };
	unsigned int i;
	int error;

	if (e.request->confirm > CONFIRM_MAX)
		return main_fail(message, -EINVAL, "enable: %u seconds to confirm; at most %u", e.request->confirm, CONFIRM_MAX);
	if (active)
		return main_fail(message, -EBUSY, "enable: Bulkhead is enabled already; run cellctl disable first");
	if (memory.size)
		return main_fail(message, -EIO, "enable: an earlier launch could not be undone; restart the machine");
	e.request->step = 0;
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		error = steps[i].run(&e);
		if (!error)
			continue;
		pr_warn("bulkhead: enable: step '%s' failed (%d); undone\n", steps[i].name, error);
		while (i-- > 0)
			if (steps[i].undo)
				steps[i].undo(&e);
		return error;
	}
	release_firmware(e.image);
	__module_get(THIS_MODULE);
	WRITE_ONCE(active, true);
	enable_find_exports(e.launch.export_base, e.launch.export_size);
	pr_info("bulkhead: enabled: %u CPUs, %llu KiB at 0x%llx\n", e.request->cpu_count, memory.size >> 10, memory.base);
	notify_begin(e.request->notify);
	confirm_begin(e.request->confirm);
	sysfs_event("enable", NULL, 0);
	return 0;
}

int disable_request(void *argument, char *message)
{
	const char *cell = cell_blocking_disable();
	long error;

	if (cell)
		return main_fail(message, -EBUSY, "disable: cell %s exists; run cellctl destroy %s first", cell, cell);
	if (hypercall_locked())
		return main_fail(message, -EPERM, "disable: the machine is locked; reset the machine");
	cell_reclaim_root_pool();
	error = hypercall_finish(HC_DISABLE_PREPARE, 0, 0, 0, 0);
	if (error)
		return main_fail(message, (int)error,
				 "disable: the hypervisor refuses (%ld): a CPU is lost; restart the machine to have it back", error);
	notify_end();
	memset(&exports, 0, sizeof(exports));
	error = launch_leave();
	if (error)
		return main_fail(message, (int)error, "disable: a CPU cannot leave the hypervisor (%ld); restart the machine", error);
	WRITE_ONCE(active, false);
	confirm_end();
	sysfs_forget();
	window_forget();
	cell_forget_root_pool();
	claims_return(&memory);
	kvm_let_in(true);
	cpus_unmap();
	module_put(THIS_MODULE);
	pr_info("bulkhead: disabled\n");
	sysfs_event("disable", NULL, 0);
	return 0;
}

int lock_request(void *argument, char *message)
{
	long error;

	if (confirm_waiting())
		return main_fail(message, -EBUSY, "lock: the launch is not confirmed; run cellctl confirm first");
	error = hypercall_finish(HC_LOCK, 0, 0, 0, 0);
	if (error)
		return main_fail(message, (int)error, "lock: the hypervisor refuses (%ld); see cellctl console", error);
	pr_info("bulkhead: locked\n");
	sysfs_event("lock", NULL, 0);
	return 0;
}
