// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what cells hold in the root's kernel: host memory, CPUs, devices. One preparation at a time belongs to an open file; create
 * turns it into the record of a cell. Taken in the order devices, memory, CPUs; given back in reverse. driver_lock.
 */
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "bulkhead.h"

LIST_HEAD(cell_records);

static struct {
	struct file *owner; /* NULL: no preparation */
	pid_t pid;
	char comm[TASK_COMM_LEN];
	struct cell_record *record;
} pending;

/* Growth of the root's pool: belongs to no cell, stays until the hypervisor gives it back. */
struct growth {
	struct list_head link;
	struct claim claim;
};
static LIST_HEAD(growths);

struct cell_record *cell_find(u32 id)
{
	struct cell_record *record;

	list_for_each_entry(record, &cell_records, link)
		if (record->id == id)
			return record;
	return NULL;
}

const char *cell_blocking_disable(void)
{
	if (!list_empty(&cell_records))
		return list_first_entry(&cell_records, struct cell_record, link)->name;
	return pending.owner ? pending.record->name : NULL;
}

void cell_reclaim_root_pool(void)
{
	struct growth *growth, *next;

	list_for_each_entry_safe(growth, next, &growths, link)
	{
		if (hypercall_finish(HC_POOL_RECLAIM, growth->claim.base, 0, 0, 0))
			continue;
		claims_return(&growth->claim);
		list_del(&growth->link);
		kfree(growth);
	}
}

void cell_forget_root_pool(void)
{
	struct growth *growth, *next;

	list_for_each_entry_safe(growth, next, &growths, link)
	{
		claims_return(&growth->claim);
		list_del(&growth->link);
		kfree(growth);
	}
}

/* Everything the record holds goes back to the kernel, in reverse order. */
static void cell_give_back(struct cell_record *record)
{
	while (record->cpu_count > 0)
		cpus_return(record->cpus[--record->cpu_count]);
	while (record->claim_count > 0)
		claims_return(&record->claims[--record->claim_count]);
	while (record->device_count > 0)
		devices_return(&record->devices[--record->device_count]);
}

static void cell_drop_pending(void)
{
	if (!pending.owner)
		return;
	cell_give_back(pending.record);
	kfree(pending.record);
	memset(&pending, 0, sizeof(pending));
}

void cell_release(const struct file *file)
{
	if (pending.owner == file)
		cell_drop_pending();
}

static int cell_take_devices(struct cell_record *record, const struct bulkhead_prepare *request, char *message)
{
	int error;
	u32 i;

	for (i = 0; i < request->device_count; i++) {
		if (strnlen(request->devices[i], BULKHEAD_DEVICE_NAME) == BULKHEAD_DEVICE_NAME)
			return main_fail(message, -EINVAL, "cell %s: device name %u does not end; rebuild it with cellctl", record->name,
					 i);
		error = devices_take(request->devices[i], &record->devices[record->device_count], message);
		if (error)
			return error;
		record->device_count++;
	}
	return 0;
}

static int cell_take_resources(struct cell_record *record, const struct cell_needs *needs, char *message)
{
	char who[BULKHEAD_NAME_SIZE + 8];
	int error;
	u32 i;

	if (needs->size != sizeof(*needs) || needs->cpu_count > BULKHEAD_MAX_CPUS || needs->claim_count > CELL_MAX_CLAIMS)
		return main_fail(message, -EPROTO,
				 "cell %s: the hypervisor's answer has %u bytes, this module knows %zu; install one build", record->name,
				 needs->size, sizeof(*needs));
	snprintf(who, sizeof(who), "cell %s", record->name);
	for (i = 0; i < needs->claim_count; i++) {
		error = claims_take(&needs->claims[i], who, &record->claims[i], message);
		if (error)
			return error;
		record->kinds[i] = needs->claims[i].kind;
		record->claim_count++;
	}
	for (i = 0; i < needs->cpu_count; i++) {
		error = cpus_take(needs->cpus[i], record->name, message);
		if (error)
			return error;
		record->cpus[record->cpu_count++] = needs->cpus[i];
	}
	return 0;
}

static int cell_locked(const char *name, char *message)
{
	return main_fail(message, -EPERM, "cell %s: the machine is locked, and nothing changes its owner; reset the machine", name);
}

static int cell_refused(const char *name, const char *what, long error, char *message)
{
	char line[112], prefix[BULKHEAD_NAME_SIZE + 8];
	const char *reason = line;

	if (error == -EPERM)
		return cell_locked(name, message);
	query_last_line(line, sizeof(line));
	snprintf(prefix, sizeof(prefix), "cell %s: ", name);
	if (!strncmp(line, prefix, strlen(prefix)))
		reason += strlen(prefix);
	return main_fail(message, (int)error, "cell %s: cannot %s it (%ld): %s", name, what, error,
			 *reason ? reason : "see cellctl console");
}

static int cell_ask_and_take(struct cell_record *record, const struct bulkhead_prepare *request, char *message)
{
	struct cell_needs *needs = kzalloc(sizeof(*needs), GFP_KERNEL);
	long error;

	if (!needs)
		return -ENOMEM;
	error = hypercall_settled(HC_CELL_CHECK, virt_to_phys(hypercall_bounce()), request->blob_size, virt_to_phys(needs), 0);
	if (error)
		error = cell_refused(record->name, "create", error, message);
	if (!error)
		error = cell_take_devices(record, request, message);
	if (!error)
		error = cell_take_resources(record, needs, message);
	kfree(needs);
	return (int)error;
}

int cell_prepare(struct file *file, void *argument, char *message)
{
	struct bulkhead_prepare *request = argument;
	const struct blob_header *header = hypercall_bounce();
	struct cell_record *record;
	int error;

	if (pending.owner == file)
		return main_fail(message, -EBUSY, "cell %s is prepared already through this file; create it, or close the file",
				 pending.record->name);
	if (pending.owner)
		return main_fail(message, -EBUSY, "%s (pid %d) is preparing cell %s; wait for it", pending.comm, pending.pid,
				 pending.record->name);
	if (request->device_count > BULKHEAD_MAX_DEVICES)
		return main_fail(message, -EINVAL, "prepare: %u devices, at most %u; split the cell", request->device_count,
				 BULKHEAD_MAX_DEVICES);
	error = hypercall_take_blob(request->blob, request->blob_size, BLOB_CELL, message);
	if (error)
		return error;
	record = kzalloc(sizeof(*record), GFP_KERNEL);
	if (!record)
		return -ENOMEM;
	memcpy(record->name, header->name, sizeof(record->name));
	pending.record = record;
	pending.owner = file;
	pending.pid = task_tgid_nr(current);
	get_task_comm(pending.comm, current);
	error = cell_ask_and_take(record, request, message);
	if (error)
		cell_drop_pending();
	return error;
}

/* CPUs park some time after Linux has let go of them (x86). HC_CELL_CREATE would wait, too, and check all anew for each look. */
static void cell_await_cpus(const struct cell_record *record)
{
	struct cpu_info *info = kzalloc(sizeof(*info), GFP_KERNEL);
	u32 i = 0;

	while (info && i < record->cpu_count) {
		if (hypercall_cpu_info(record->cpus[i], info) || info->state == CPU_PARKED)
			i++;
		else
			usleep_range(50, 100);
	}
	kfree(info);
}

static long cell_hypercall_create(const struct cell_record *record)
{
	struct cell_placement *placement = kzalloc(sizeof(*placement), GFP_KERNEL);
	long id;

	if (!placement)
		return -ENOMEM;
	placement->size = sizeof(*placement);
	placement->cpu_count = record->cpu_count;
	placement->claim_count = record->claim_count;
	memcpy(placement->cpus, record->cpus, sizeof(placement->cpus));
	memcpy(placement->claims, record->claims, sizeof(placement->claims));
	id = hypercall_settled(HC_CELL_CREATE, virt_to_phys(placement), 0, 0, 0);
	kfree(placement);
	return id;
}

/* What the new cell's claims are from now on. growth: as many empty ones as there are claims for the root's pool. */
static void cell_settle_claims(struct cell_record *record, struct list_head *fresh)
{
	struct growth *growth;
	u32 i;

	for (i = 0; i < record->claim_count; i++) {
		if (record->kinds[i] == CLAIM_POOL) {
			record->ring = phys_to_virt(record->claims[i].base);
			record->comm = phys_to_virt(record->claims[i].base + PAGE_SIZE);
		}
		if (record->kinds[i] == CLAIM_WINDOW)
			window_keep(&record->claims[i]);
		if (record->kinds[i] != CLAIM_ROOT_POOL)
			continue;
		growth = list_first_entry(fresh, struct growth, link);
		growth->claim = record->claims[i];
		record->claims[i] = (struct claim){ 0 };
		list_move(&growth->link, &growths);
	}
}

static void cell_free_growths(struct list_head *fresh)
{
	struct growth *growth, *next;

	list_for_each_entry_safe(growth, next, fresh, link) kfree(growth);
}

static int cell_make_growths(const struct cell_record *record, struct list_head *fresh)
{
	u32 i;

	for (i = 0; i < record->claim_count; i++) {
		struct growth *growth;

		if (record->kinds[i] != CLAIM_ROOT_POOL)
			continue;
		growth = kzalloc(sizeof(*growth), GFP_KERNEL);
		if (!growth)
			return -ENOMEM;
		list_add(&growth->link, fresh);
	}
	return 0;
}

static void cell_insert(struct cell_record *record)
{
	struct cell_record *other;

	list_for_each_entry(other, &cell_records, link)
		if (other->id > record->id)
			break;
	list_add_tail(&record->link, &other->link);
}

int cell_create(struct file *file, void *argument, char *message)
{
	struct bulkhead_create *request = argument;
	struct cell_record *record = pending.record;
	LIST_HEAD(fresh);
	long id;

	if (pending.owner != file)
		return main_fail(message, -EINVAL, "create: nothing is prepared through this file; prepare a cell first");
	if (cell_make_growths(record, &fresh)) {
		cell_free_growths(&fresh);
		return -ENOMEM;
	}
	cell_await_cpus(record);
	id = cell_hypercall_create(record);
	if (id < 0) {
		cell_free_growths(&fresh);
		return cell_refused(record->name, "create", id, message);
	}
	record->id = (u32)id;
	cell_settle_claims(record, &fresh);
	cell_insert(record);
	memset(&pending, 0, sizeof(pending));
	request->id = record->id;
	record->last_state = CELL_CREATED;
	sysfs_add_cell(record);
	sysfs_event("create", record, CELL_CREATED);
	sysfs_watch();
	/* The scrub may take long; the cell exists, and whoever comes next would finish it. */
	hypercall_finish(HC_WORK, 0, 0, 0, 0);
	window_look();
	return 0;
}

static int cell_missing(u32 id, char *message)
{
	return main_fail(message, -ENOENT, "cell id %u does not exist; cellctl list shows what does", id);
}

static void cell_announce(struct cell_record *record, u32 state)
{
	if (record->last_state == state)
		return;
	record->last_state = state;
	sysfs_event("state", record, state);
}

static u32 cell_state(const struct cell_record *record)
{
	struct cell_info *info = kzalloc(sizeof(*info), GFP_KERNEL);
	u32 state = info && hypercall_cell_info(record->id, info) == 0 ? info->state : CELL_FREE;

	kfree(info);
	return state;
}

#define CELL_VERB_NAME(verb, name, ...) name,

/* -EPERM: locked, or critical. */
static int cell_forbidden(const struct cell_record *record, enum cell_verb verb, const char *name, char *message)
{
	static const u8 owner[CELL_VERB_COUNT] = { CELL_VERBS(CELL_VERB_OWNER) };
	bool locked = hypercall_locked();

	if (locked && owner[verb])
		return cell_locked(record->name, message);
	if (locked)
		return main_fail(message, -EPERM, "cell %s is critical and the machine is locked: %s is refused; ask by cellctl shutdown",
				 record->name, name);
	return main_fail(message, -EPERM, "cell %s is critical and runs; use %s --force", record->name, name);
}

static int cell_verb_failed(const struct cell_record *record, enum cell_verb verb, long error, const char *fix, char *message)
{
	static const u8 next[CELL_VERB_COUNT][CELL_STATES] = { CELL_VERBS(CELL_VERB_ROW) };
	static const char *const names[CELL_VERB_COUNT] = { CELL_VERBS(CELL_VERB_NAME) };
	u32 state = cell_state(record);

	if (error == -EPERM)
		return cell_forbidden(record, verb, names[verb], message);
	if (error == -EINVAL && state < CELL_STATES && !next[verb][state])
		return main_fail(message, (int)error, "cell %s is %s, and %s does not apply; cellctl help states shows what does",
				 record->name, sysfs_state_name(state), names[verb]);
	return main_fail(message, (int)error, "cell %s: %s failed (%ld); %s", record->name, names[verb], error, fix);
}

/* A verb that only changes the state. */
static int cell_change(const struct bulkhead_cell *request, u32 call, enum cell_verb verb, char *message)
{
	struct cell_record *record = cell_find(request->id);
	long error;

	if (!record)
		return cell_missing(request->id, message);
	error = hypercall_finish(call, record->id, request->flags, 0, 0);
	if (error)
		return cell_verb_failed(record, verb, error, "see cellctl console", message);
	cell_announce(record, cell_state(record));
	return 0;
}

int cell_load(struct file *file, void *argument, char *message)
{
	struct bulkhead_load *request = argument;
	struct cell_record *record = cell_find(request->id);
	u64 done, part;
	long error;

	if (!record)
		return cell_missing(request->id, message);
	for (done = 0; done < request->length; done += part) {
		/* The first ends at a word, as words are copied faster; others at pages: the hypervisor's window has so many. */
		part = (request->gpa + done) % 8 ? 8 - (request->gpa + done) % 8 : BLOB_MAX_SIZE - (request->gpa + done) % PAGE_SIZE;
		part = min_t(u64, request->length - done, part);
		if (copy_from_user(hypercall_bounce(), u64_to_user_ptr(request->data + done), part))
			return main_fail(message, -EFAULT, "cell %s: data not readable at offset %llu; pass the whole file", record->name,
					 done);
		/* Perhaps it is not scrubbed yet, or CPUs are still on their way out. */
		error = hypercall_settled(HC_CELL_LOAD, record->id, request->gpa + done, virt_to_phys(hypercall_bounce()), part);
		if (error)
			return cell_verb_failed(record, VERB_LOAD, error, "the whole file must be in its RAM", message);
		if (signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	cell_announce(record, CELL_LOADED);
	return 0;
}

int cell_start(struct file *file, void *argument, char *message)
{
	struct bulkhead_start *request = argument;
	struct cell_record *record = cell_find(request->id);
	long error;

	if (!record)
		return cell_missing(request->id, message);
	hypercall_finish(HC_WORK, 0, 0, 0, 0);
	error = hypercall_finish(HC_CELL_START, record->id, request->entry, request->argument, 0);
	if (error)
		return cell_verb_failed(record, VERB_START, error,
					"the entry must be an instruction's address in executable RAM, and no CPU lost", message);
	cell_announce(record, CELL_RUNNING);
	return 0;
}

int cell_stop(struct file *file, void *argument, char *message)
{
	const struct bulkhead_cell *request = argument;

	return cell_change(request, HC_CELL_STOP, request->flags & BULKHEAD_STOP_WATCHDOG ? VERB_HANG : VERB_STOP, message);
}

int cell_suspend(struct file *file, void *argument, char *message)
{
	return cell_change(argument, HC_CELL_SUSPEND, VERB_SUSPEND, message);
}

int cell_resume(struct file *file, void *argument, char *message)
{
	return cell_change(argument, HC_CELL_RESUME, VERB_RESUME, message);
}

int cell_shutdown(struct file *file, void *argument, char *message)
{
	struct bulkhead_cell *request = argument;
	struct cell_record *record = cell_find(request->id);
	long word;

	if (!record)
		return cell_missing(request->id, message);
	word = hypercall_finish(HC_CELL_SHUTDOWN, record->id, 0, 0, 0);
	if (word < 0)
		return cell_verb_failed(record, VERB_SHUTDOWN, word, "see cellctl console", message);
	request->request = (u32)word;
	return 0;
}

int cell_comm(struct file *file, void *argument, char *message)
{
	struct bulkhead_comm *query = argument;
	const struct cell_record *record = cell_find(query->id);

	if (!record)
		return -ENOENT;
	arch_clean(record->comm, sizeof(*record->comm)); /* a guest with its caches off writes past ours */
	query->request = READ_ONCE(record->comm->request);
	query->answer = READ_ONCE(record->comm->answer);
	query->heartbeat = READ_ONCE(record->comm->heartbeat);
	return 0;
}

/* The cell's slot is free as soon as its last page is scrubbed: the call that follows finds no such cell. */
static long cell_hypercall_destroy(u32 id, u32 flags)
{
	long error = hypercall(HC_CELL_DESTROY, id, flags, 0, 0);

	if (error == -EAGAIN)
		error = hypercall_finish(HC_CELL_DESTROY, id, flags, 0, 0);
	return error == -ENOENT ? 0 : error;
}

int cell_destroy(struct file *file, void *argument, char *message)
{
	struct bulkhead_cell *request = argument;
	struct cell_record *record = cell_find(request->id);
	long error;

	if (!record)
		return cell_missing(request->id, message);
	error = cell_hypercall_destroy(record->id, request->flags);
	if (error)
		return cell_verb_failed(record, VERB_DESTROY, error, "see cellctl console", message);
	list_del(&record->link);
	record->ring = NULL;
	record->comm = NULL;
	cell_give_back(record);
	window_look();
	cell_reclaim_root_pool();
	sysfs_event("destroy", record, CELL_DESTROYED);
	sysfs_remove_cell(record);
	return 0;
}

void cell_destroy_all(void)
{
	struct cell_record *record, *next;

	cell_drop_pending();
	list_for_each_entry_safe(record, next, &cell_records, link)
	{
		struct bulkhead_cell request = { .id = record->id, .flags = BULKHEAD_STOP_FORCE };

		if (cell_destroy(NULL, &request, NULL))
			return;
	}
}
