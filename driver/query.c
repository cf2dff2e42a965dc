// SPDX-License-Identifier: GPL-2.0-only
/* Owns what only looks: status, cells, CPUs, consoles, counters. Rings and counters are read from memory, without a hypercall. */
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "bulkhead.h"
#include "image_hash.h"

int query_status(void *argument, char *message)
{
	static const u8 hash[] = { BULKHEAD_IMAGE_SHA256_BYTES };
	struct bulkhead_status *status = argument;
	struct system_info *info;
	int error;

	memset((u8 *)status + offsetof(struct bulkhead_status, enabled), 0, sizeof(*status) - offsetof(struct bulkhead_status, enabled));
	status->enabled = confirm_waiting() ? BULKHEAD_UNCONFIRMED : enable_active() ? BULKHEAD_ON : BULKHEAD_OFF;
	status->driver_abi = BULKHEAD_ABI_VERSION;
	strscpy(status->driver_version, BULKHEAD_VERSION, sizeof(status->driver_version));
	memcpy(status->image_sha256, hash, sizeof(status->image_sha256));
	if (!status->enabled)
		return 0;
	status->notify_irq = (u32)notify_irq();
	info = kzalloc(sizeof(*info), GFP_KERNEL);
	if (!info)
		return -ENOMEM;
	error = hypercall_system_info(info);
	status->system = *info;
	kfree(info);
	return error;
}

static const struct cell_record *query_find(u32 id, bool next)
{
	const struct cell_record *record;

	list_for_each_entry(record, &cell_records, link)
		if (record->id == id || (next && record->id > id))
			return record;
	return NULL;
}

int query_cell(void *argument, char *message)
{
	struct bulkhead_cell_query *query = argument;
	const struct cell_record *record = query_find(query->info.id, query->flags & BULKHEAD_QUERY_NEXT);
	struct cell_info *info;
	int error;

	if (!record)
		return -ENOENT;
	info = kzalloc(sizeof(*info), GFP_KERNEL);
	if (!info)
		return -ENOMEM;
	error = hypercall_cell_info(record->id, info);
	query->info = *info;
	kfree(info);
	return error;
}

int query_cpu(void *argument, char *message)
{
	struct bulkhead_cpu_query *query = argument;
	u32 cpu = query->info.cpu;
	struct cpu_info *info = kzalloc(sizeof(*info), GFP_KERNEL);
	int error;

	if (!info)
		return -ENOMEM;
	error = hypercall_cpu_info(cpu, info);
	query->info = *info;
	query->linux_cpu = cpus_linux(cpu);
	query->reserved = 0;
	kfree(info);
	return error;
}

int query_window(void *argument, char *message)
{
	struct bulkhead_window_query *query = argument;
	const struct window_header *header;
	long base = -ENOENT;
	u32 id;

	for (id = query->header.id; id < WINDOW_MAX && base == -ENOENT; id++)
		base = window_info(id, &header);
	if (base < 0)
		return (int)base;
	query->base = (u64)base;
	query->header = *header;
	return 0;
}

static const struct console_ring *query_ring(u32 id)
{
	const struct cell_record *record;

	if (id == BULKHEAD_CONSOLE_HYPERVISOR)
		return enable_exports()->ring;
	record = query_find(id, false);
	return record ? record->ring : NULL;
}

/* The oldest byte still there, never before `position`. */
static u64 query_oldest(const struct console_ring *ring, u64 position, u64 *total)
{
	*total = smp_load_acquire(&ring->total); /* pairs with the hypervisor's release after the data */
	if (position > *total)
		position = *total;
	if (*total - position > CONSOLE_RING_DATA)
		position = *total - CONSOLE_RING_DATA;
	return position;
}

/* Copies at most one ring from position on into data; returns the bytes, and where they begin. */
static u32 query_copy(const struct console_ring *ring, u64 *position, char *data, u32 room)
{
	u64 total, start = query_oldest(ring, *position, &total), after, i;
	u32 length = (u32)min_t(u64, total - start, room);

	for (i = 0; i < length; i++)
		data[i] = READ_ONCE(ring->data[(start + i) % CONSOLE_RING_DATA]);
	smp_rmb(); /* the copy is done before total is looked at again */
	after = query_oldest(ring, start, &total);
	if (after - start >= length) { /* all overwritten meanwhile */
		*position = after;
		return 0;
	}
	memmove(data, data + (after - start), length - (after - start));
	*position = after;
	return length - (u32)(after - start);
}

int query_console(void *argument, char *message)
{
	struct bulkhead_console *request = argument;
	const struct console_ring *ring = query_ring(request->id);
	u32 length;
	char *data;

	if (!ring)
		return -ENOENT;
	data = kmalloc(CONSOLE_RING_DATA, GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	length = query_copy(ring, &request->position, data, min_t(u32, request->length, CONSOLE_RING_DATA));
	request->length = length;
	request->position += length;
	if (copy_to_user(u64_to_user_ptr(request->data), data, length)) {
		kfree(data);
		return -EFAULT;
	}
	kfree(data);
	return 0;
}

int query_stats(void *argument, char *message)
{
	struct bulkhead_stats *request = argument;
	const struct export_view *view = enable_exports();
	u32 count = min(request->cpu_count, view->cpu_count), i;

	request->counter_count = EXIT_COUNTERS;
	request->cpu_count = view->cpu_count;
	for (i = 0; i < count; i++) {
		u64 counters[EXIT_COUNTERS];
		u32 j;

		for (j = 0; j < EXIT_COUNTERS; j++)
			counters[j] = READ_ONCE(view->counters[i * EXIT_COUNTERS + j]);
		if (copy_to_user(u64_to_user_ptr(request->data + i * sizeof(counters)), counters, sizeof(counters)))
			return -EFAULT;
	}
	return 0;
}

void query_last_line(char *line, size_t size)
{
	const struct console_ring *ring = enable_exports()->ring;
	char tail[160], *start;
	u64 total, position;
	u32 length;

	line[0] = 0;
	if (!ring)
		return;
	total = smp_load_acquire(&ring->total);
	position = total > sizeof(tail) - 1 ? total - (sizeof(tail) - 1) : 0;
	length = query_copy(ring, &position, tail, sizeof(tail) - 1);
	while (length > 0 && (tail[length - 1] == '\n' || tail[length - 1] == '\r'))
		length--;
	tail[length] = 0;
	start = strrchr(tail, '\n');
	start = start ? start + 1 : tail;
	if (!strncmp(start, "bulkhead: ", 10))
		start += 10;
	strscpy(line, start, size);
}
