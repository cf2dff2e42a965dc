/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libFuzzer target: the driver's ioctls, the same files the module is made of on a kernel of a few lines. Input: two bytes, then CALL_BYTES
 * for each call by one of two open files: its structure, and what hypervisor, allocator, hotplug and drivers say to it, refusals
 * included; where they end, or are 0, all goes well. The sanitizers watch memory; here: in the end nothing is held, and no lock.
 */
#include "../../driver/main.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define USER_BASE 0x10000ul
#define USER_SIZE 0x18000ul
#define STRUCT_AT 0x100ul /* of the user's memory */
#define CALL_BYTES 64

static u8 user[USER_SIZE];
static const u8 *input;
static size_t left;
static long held; /* allocations, CPUs, claims, devices */
static bool active;
static u32 next_id;
static u64 last_claim; /* where a window may be */
static struct console_ring ring;
static u64 counters[4 * EXIT_COUNTERS];
static const struct export_view view = { .counters = counters, .ring = &ring, .cpu_count = 4 };

static u8 next(void)
{
	return left ? left--, *input++ : 0;
}

static void promise(bool kept)
{
	if (!kept)
		abort();
}

/* Rarely. */
static bool fails(void)
{
	return next() > 0xf0;
}

/* --- the kernel -------------------------------------------------------------------------------------------------------------- */

void *kzalloc(size_t size, int flags)
{
	(void)flags;
	if (fails())
		return NULL;
	held++;
	return calloc(1, size);
}

void kfree(const void *p)
{
	held -= p != NULL;
	free((void *)(uintptr_t)p);
}

static u8 *user_at(const void *pointer, unsigned long size)
{
	unsigned long at = (unsigned long)(uintptr_t)pointer - USER_BASE;

	return at <= USER_SIZE && size <= USER_SIZE - at ? user + at : NULL;
}

unsigned long copy_from_user(void *to, const void *from, unsigned long size)
{
	const u8 *at = user_at(from, size);

	if (at)
		memcpy(to, at, size);
	return at ? 0 : size;
}

unsigned long copy_to_user(void *to, const void *from, unsigned long size)
{
	u8 *at = user_at(to, size);

	if (at)
		memcpy(at, from, size);
	return at ? 0 : size;
}

void mutex_lock(struct mutex *mutex)
{
	promise(!mutex->held);
	mutex->held = true;
}

void mutex_unlock(struct mutex *mutex)
{
	promise(mutex->held);
	mutex->held = false;
}

/* --- the other files of the module: what they hold is counted ----------------------------------------------------------------- */

int claims_take(const struct claim_request *request, const char *who, struct claim *claim, char *message)
{
	void *memory;

	if (fails())
		return main_fail(message, -ENOMEM, "%s: no memory", who);
	memory = aligned_alloc(PAGE_SIZE, 2 * PAGE_SIZE); /* the console ring and the comm page are looked at, if it is a pool */
	memset(memory, 0, 2 * PAGE_SIZE);
	*claim = (struct claim){ virt_to_phys(memory), request->size };
	last_claim = claim->base;
	held++;
	return 0;
}

void claims_return(struct claim *claim)
{
	held -= claim->base != 0;
	free(phys_to_virt(claim->base));
	*claim = (struct claim){ 0 };
}

void claims_show(const struct claim *claim)
{
	promise(claim->base != 0);
}

bool channel_wanted(const struct blob_window *window)
{
	return window->doorbells;
}

struct channel *channel_make(const struct window_header *header, const struct claim *claim)
{
	(void)header;
	(void)claim;
	return NULL;
}

int cpus_take(u32 board, const char *cell, char *message)
{
	if (fails())
		return main_fail(message, -EBUSY, "cell %s: CPU %u stays", cell, board);
	held++;
	return 0;
}

void cpus_return(u32 board)
{
	(void)board;
	held--;
}

int cpus_linux(u32 board)
{
	return (int)board;
}

int devices_take(const char *name, struct held_device *device, char *message)
{
	if (fails())
		return main_fail(message, -EBUSY, "device %s: in use", name);
	snprintf(device->name, sizeof(device->name), "%s", name);
	held++;
	return 0;
}

void devices_return(struct held_device *device)
{
	(void)device;
	held--;
}

bool enable_active(void)
{
	return active;
}

const struct export_view *enable_exports(void)
{
	return &view;
}

int enable_request(void *argument, char *message)
{
	const struct bulkhead_enable *request = argument;
	int error = hypercall_take_blob(request->blob, request->blob_size, BLOB_SYSTEM, message);

	active |= !error;
	return error;
}

int disable_request(void *argument, char *message)
{
	(void)argument;
	if (cell_blocking_disable())
		return main_fail(message, -EBUSY, "cell %s exists", cell_blocking_disable());
	window_forget();
	cell_forget_root_pool();
	active = false;
	return 0;
}

int lock_request(void *argument, char *message)
{
	(void)argument;
	(void)message;
	return 0;
}

int confirm_request(void *argument, char *message)
{
	return lock_request(argument, message);
}

bool confirm_waiting(void)
{
	return false;
}

int notify_irq(void)
{
	return 0;
}

void arch_clean(void *start, size_t size)
{
	(void)start;
	(void)size;
}

void sysfs_remove_cell(struct cell_record *record)
{
	kfree(record);
}

const char *sysfs_state_name(u32 state)
{
	return state < CELL_STATES ? "known" : "unknown";
}

/* What has nothing to do here. */
#define NOTHING(name, ...)     \
	void name(__VA_ARGS__) \
	{                      \
	}
#define PART(name)            \
	int name##_init(void) \
	{                     \
		return 0;     \
	}                     \
	NOTHING(name##_exit, void)
NOTHING(channel_end, struct channel *channel)
NOTHING(sysfs_add_cell, struct cell_record *record)
NOTHING(sysfs_event, const char *event, struct cell_record *record, u32 state)
NOTHING(sysfs_watch, void)
NOTHING(confirm_exit, void)
PART(sysfs)
PART(cpus)
PART(devices)
PART(kvm_doors)
PART(pm)
const struct attribute_group *sysfs_groups[1];

/* --- the hypervisor ------------------------------------------------------------------------------------------------------------ */

static void fill_needs(struct cell_needs *needs)
{
	needs->size = fails() ? next() : sizeof(*needs);
	needs->cpu_count = fails() ? next() << 4 : next() % 4;
	needs->claim_count = fails() ? next() << 4 | 1 : 1 + next() % 6;
	for (u32 i = 0; i < CELL_MAX_CLAIMS; i++) /* each cell has a pool */
		needs->claims[i] = (struct claim_request){ .size = PAGE_SIZE,
							   .kind = i == 0  ? CLAIM_POOL
								   : i < 8 ? next() % 5
									   : CLAIM_RAM };
}

static long window_here(struct window_header *header)
{
	if (next() % 4 == 0)
		return -ENOENT;
	memset(header, 0, sizeof(*header));
	header->window.size = PAGE_SIZE;
	header->window.doorbells = next() & 1;
	return (long)last_claim;
}

long arch_hypercall(u32 number, u64 a, u64 b, u64 c, u64 d)
{
	static const u8 errors[] = { EPERM, EINVAL, ENOMEM, EBUSY, ENOENT, EAGAIN, EAGAIN, E2BIG };

	(void)d;
	if (fails())
		return -(long)errors[next() % sizeof(errors)];
	switch (number) {
	case HC_CELL_CHECK: fill_needs(phys_to_virt(c)); return 0;
	case HC_CELL_CREATE: return ++next_id;
	case HC_CELL_SHUTDOWN: return next();
	case HC_CELL_INFO: ((struct cell_info *)phys_to_virt(b))->state = next() % (CELL_STATES + 2); return 0;
	case HC_CPU_INFO: ((struct cpu_info *)phys_to_virt(b))->state = fails() ? CPU_GUEST : CPU_PARKED; return 0;
	case HC_SYSTEM_INFO: ((struct system_info *)phys_to_virt(a))->flags = next() & SYSTEM_LOCKED; return 0;
	case HC_WINDOW_INFO: return window_here(phys_to_virt(b));
	default: return 0;
	}
}

/* --- calls --------------------------------------------------------------------------------------------------------------------- */

/* The structure as the module knows it, filled from the input; pointers mostly to where there is something. */
static void fill_structure(const struct call *call, u8 mode)
{
	u8 *at = user + STRUCT_AT;
	u32 count = mode & 0x40 ? call->size : 32 + next() % 32;
	const u64 pointer = USER_BASE + 0x4000;

	memset(at, 0, call->size);
	for (u32 i = 8; i < count && i < call->size; i++)
		at[i] = next();
	memcpy(at, &(u32){ mode & 0x20 ? next() : call->size }, 4);
	memcpy(at + 4, &(u32){ mode & 0x10 ? next() : next() & call->flags }, 4);
	if (call->command == BULKHEAD_PREPARE || call->command == BULKHEAD_ENABLE) {
		struct blob_header *header = (struct blob_header *)(user + 0x4000);
		u32 size = sizeof(*header) + next();

		*header = (struct blob_header){ .magic = BLOB_MAGIC,
						.abi_major = mode & 0x10 ? next() : BULKHEAD_ABI_MAJOR,
						.size = size,
						.type = call->command == BULKHEAD_PREPARE ? BLOB_CELL : BLOB_SYSTEM,
						.name = "fuzz" };
		if (mode & 0x10)
			memset(header->name, next(), sizeof(header->name));
		memcpy(at + 8, mode & 0x8 ? &(u64){ next() << 12 } : &pointer, 8);
		memcpy(at + 16, mode & 0x8 ? &(u32){ next() << 8 } : &size, 4);
		if (call->command == BULKHEAD_PREPARE)
			memcpy(at + 20, &(u32){ next() % 20 }, 4);
		return;
	}
	if (!(mode & 0x8)) /* the id of a cell, which is the first field of most */
		memcpy(at + 8, &(u32){ 1 + next() % 4 }, 4);
	if (call->command == BULKHEAD_LOAD && !(mode & 0x4)) {
		memcpy(at + offsetof(struct bulkhead_load, data), &pointer, 8);
		memcpy(at + offsetof(struct bulkhead_load, length), &(u64){ next() << 9 }, 8);
	}
	if (call->command == BULKHEAD_CONSOLE && !(mode & 0x4))
		memcpy(at + offsetof(struct bulkhead_console, data), &pointer, 8);
	if (call->command == BULKHEAD_STATS && !(mode & 0x4))
		memcpy(at + offsetof(struct bulkhead_stats, data), &pointer, 8);
}

static void one_call(struct file *file)
{
	u8 which = next(), mode = next();
	const struct call *call = &calls[which % ARRAY_SIZE(calls)];
	unsigned int command = call->command;

	fill_structure(call, mode);
	if (mode & 0x2)
		command ^= 1u << next() % 32;
	main_ioctl(file, command, USER_BASE + (mode & 0x1 && next() & 1 ? next() << 12 : STRUCT_AT));
	promise(!driver_lock.held);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct file files[2];

	next_id = 0;
	active = size > 0 && data[0] & 1;
	ring.total = size > 1 ? data[1] << 8 : 0;
	left = 0;
	if (hypercall_init())
		abort();
	for (size_t at = 2; at < size; at += CALL_BYTES) {
		input = data + at;
		left = min(size - at, CALL_BYTES);
		struct file *file = &files[next() & 1];

		if (next() > 0xe0)
			main_release(NULL, file);
		else
			one_call(file);
	}
	left = 0;
	for (u32 i = 0; i < ARRAY_SIZE(files); i++)
		main_release(NULL, &files[i]);
	cell_destroy_all();
	cell_forget_root_pool();
	window_forget();
	promise(list_empty(&cell_records) && held == 0);
	hypercall_exit();
	return 0;
}
