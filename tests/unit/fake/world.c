/* SPDX-License-Identifier: GPL-2.0-only */
/* The driver's side of a fake machine. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#define IMAGE_SIZE 0x10000ull
#define FREE_PAGES ((FAKE_RAM_BASE + FAKE_RAM_SIZE - WORLD_FREE) >> PAGE_SHIFT)

enum fake_end world_end;
bool world_waited;
u64 world_size = WORLD_SIZE;

static bool page_used[FREE_PAGES];
static struct system_parts system_parts;
static u32 world_cpus;

/* --- enabling ---------------------------------------------------------------------------------------------------------- */

struct boot_block *world_boot_block(void)
{
	return (struct boot_block *)(uintptr_t)(WORLD_BASE + IMAGE_SIZE);
}

void world_prepare(u32 cpus)
{
	static struct blob blob;
	struct image_header *image = (struct image_header *)(uintptr_t)WORLD_BASE;

	fake_reset();
	console_last_words(); /* all lines are for fake_logged() */
	cell_locked = false;
	cell_notify = 0;
	memset(page_used, 0, sizeof(page_used));
	world_cpus = cpus;
	fake_memory_claim(WORLD_BASE, world_size);
	order_event((struct order_event){ .kind = ORDER_CLAIM, .pa = WORLD_BASE, .size = world_size });
	parts_system(&system_parts, BULKHEAD_ARCH_FAKE, cpus);
	parts_emit_system(&system_parts, &blob);
	*image = (struct image_header){ .magic = IMAGE_MAGIC, .boot_offset = IMAGE_SIZE, .percpu_size = PAGE_SIZE };
	*world_boot_block() = (struct boot_block){
		.magic = BOOT_MAGIC,
		.size = sizeof(struct boot_block),
		.abi = BULKHEAD_ABI_VERSION,
		.memory_base = WORLD_BASE,
		.memory_size = world_size,
		.cpu_count = cpus,
		.blob_size = (u32)blob.size,
	};
	memcpy((char *)world_boot_block() + PAGE_SIZE, blob.data, blob.size);
}

struct enter {
	u32 index;
	int result;
};

static void call_enter(void *argument)
{
	struct enter *e = argument;
	u64 blocks = WORLD_BASE + IMAGE_SIZE + PAGE_SIZE + page_round_up(world_boot_block()->blob_size);
	struct cpu *cpu = (struct cpu *)(uintptr_t)(blocks + e->index * PAGE_SIZE);

	fake.cpu[e->index].cpu = cpu;
	e->result = init_cpu(world_boot_block(), e->index, cpu);
}

int world_enter(u32 cpu)
{
	struct enter e = { .index = cpu };

	if (fake_on_cpu(cpu, call_enter, &e) != END_RETURNED)
		return -BH_EFAULT;
	return e.result;
}

int world_boot(u32 cpus)
{
	int result = 0;

	world_prepare(cpus);
	for (u32 i = 0; i < cpus && result == 0; i++)
		result = world_enter(i);
	return result;
}

/* --- calls ------------------------------------------------------------------------------------------------------------- */

struct hypercall_call {
	u32 cpu, number;
	u64 args[4];
	s64 result;
};

static void call_dispatch(void *argument)
{
	struct hypercall_call *c = argument;
	struct cpu *cpu = fake.cpu[c->cpu].cpu;

	c->result = cpu->calls[c->number](cpu, c->args, c->number); /* as a port does, once it knows the number is one */
}

s64 world_call(u32 cpu, u32 number, u64 a, u64 b, u64 c, u64 d)
{
	struct hypercall_call call = { .cpu = cpu, .number = number, .args = { a, b, c, d } };
	enum fake_end before = fake.cpu[cpu].end;

	world_end = fake_on_cpu(cpu, call_dispatch, &call);
	if (world_end != END_RETURNED)
		return -BH_EFAULT;
	fake.cpu[cpu].end = before; /* its guest goes on */
	return call.result;
}

s64 world_repeat(u32 number, u64 a, u64 b, u64 c, u64 d, u32 most)
{
	s64 result = -BH_EAGAIN;

	while (most-- > 0 && result == -BH_EAGAIN)
		result = world_call(0, number, a, b, c, d);
	return result;
}

/* --- CPUs -------------------------------------------------------------------------------------------------------------- */

static void call_power_off(void *argument)
{
	cpu_power_off(argument);
}

static void call_park_loop(void *argument)
{
	cpu_park_loop(argument);
}

static void call_service(void *argument)
{
	world_waited = cpu_service(argument);
}

void world_offline(u32 cpu)
{
	if (fake_on_cpu(cpu, call_power_off, fake.cpu[cpu].cpu) != END_WAITS)
		abort();
}

enum fake_end world_wake(u32 cpu)
{
	return fake_on_cpu(cpu, call_park_loop, fake.cpu[cpu].cpu);
}

enum fake_end world_kicked(u32 cpu)
{
	if (cpu_slots[cpu].state == CPU_SUSPENDED) /* it waits no more: fake_on_cpu() left that; so it comes from the guest anew */
		cpu_slots[cpu].state = CPU_GUEST;
	if (fake_on_cpu(cpu, call_service, fake.cpu[cpu].cpu) == END_RETURNED)
		fake.cpu[cpu].end = END_RUNS;
	return fake.cpu[cpu].end;
}

enum fake_end world_online(u32 cpu)
{
	if (cpu_power_on(cell_root(), cpu, 0x1000, 0) != 0)
		return END_WAITS;
	return world_wake(cpu);
}

/* --- claims ------------------------------------------------------------------------------------------------------------ */

static u64 claim_find(u64 size, u64 align)
{
	for (u64 at = (WORLD_FREE + align - 1) & ~(align - 1); at + size <= FAKE_RAM_BASE + FAKE_RAM_SIZE; at += align) {
		u64 first = (at - WORLD_FREE) >> PAGE_SHIFT;
		u64 n = 0;

		while (n < size >> PAGE_SHIFT && !page_used[first + n])
			n++;
		if (n == size >> PAGE_SHIFT)
			return at;
	}
	return 0;
}

static void claim_mark(struct range r, bool used)
{
	for (u64 at = r.start; at < r.start + r.size; at += PAGE_SIZE)
		if (at >= WORLD_FREE)
			page_used[(at - WORLD_FREE) >> PAGE_SHIFT] = used;
}

static struct range window_claims[WINDOW_MAX];

static bool window_lives(u64 base)
{
	for (u32 i = 0; i < WINDOW_MAX; i++)
		if (world_call(0, HC_WINDOW_INFO, i, WORLD_REPLY, sizeof(struct window_header), 0) == (s64)base)
			return true;
	return false;
}

/* Windows outlive the cell they came with. */
static void release_windows(const struct world_cell *w)
{
	for (u32 i = 0, free = 0; i < w->placement.claim_count; i++)
		if (w->needs.claims[i].kind == CLAIM_WINDOW) {
			while (window_claims[free].size != 0)
				free++;
			window_claims[free] = range_make(w->placement.claims[i].base, w->placement.claims[i].size);
		}
	for (u32 i = 0; i < WINDOW_MAX; i++)
		if (window_claims[i].size != 0 && !window_lives(window_claims[i].start)) {
			claim_mark(window_claims[i], false);
			window_claims[i].size = 0;
		}
}

void world_release(struct world_cell *w)
{
	release_windows(w);
	for (u32 i = 0; i < w->placement.claim_count; i++)
		if (w->needs.claims[i].kind != CLAIM_ROOT_POOL && w->needs.claims[i].kind != CLAIM_WINDOW)
			claim_mark(range_make(w->placement.claims[i].base, w->placement.claims[i].size), false);
	/* Growth of the root's pool stays until it can be reclaimed; never created: at once. */
	for (u32 i = 0; i < w->placement.claim_count; i++)
		if (w->needs.claims[i].kind == CLAIM_ROOT_POOL) {
			u64 base = w->placement.claims[i].base;
			s64 result;

			do
				result = world_call(0, HC_POOL_RECLAIM, base, 0, 0, 0);
			while (result == -BH_EAGAIN);
			if (result == 0 || result == -BH_ENOENT)
				claim_mark(range_make(base, w->placement.claims[i].size), false);
		}
}

int world_plan(struct world_cell *w, const struct cell_parts *parts)
{
	static struct blob blob;

	memset(w, 0, sizeof(*w));
	parts_emit_cell(parts, &blob);
	memcpy(fake_memory(WORLD_BUFFER), blob.data, blob.size);
	s64 result = world_call(0, HC_CELL_CHECK, WORLD_BUFFER, blob.size, WORLD_REPLY, 0);

	if (result != 0)
		return (int)result;
	memcpy(&w->needs, fake_memory(WORLD_REPLY), sizeof(w->needs));
	w->placement.size = sizeof(w->placement);
	w->placement.cpu_count = w->needs.cpu_count;
	memcpy(w->placement.cpus, w->needs.cpus, sizeof(w->needs.cpus));
	for (u32 i = 0; i < w->needs.claim_count; i++) {
		const struct claim_request *want = &w->needs.claims[i];
		u64 base = want->base != BLOB_ANY ? want->base : claim_find(want->size, want->align);

		if (base == 0) {
			world_release(w);
			return -BH_ENOMEM;
		}
		w->placement.claims[i].base = base;
		w->placement.claims[i].size = want->size;
		w->placement.claim_count = i + 1;
		claim_mark(range_make(base, want->size), true);
	}
	return 0;
}

/* --- cells ------------------------------------------------------------------------------------------------------------- */

int world_create(struct world_cell *w, const struct cell_parts *parts)
{
	int result = world_plan(w, parts);

	if (result != 0)
		return result;
	for (u32 i = 0; i < w->needs.cpu_count; i++)
		world_offline(w->needs.cpus[i]);
	memcpy(fake_memory(WORLD_REPLY), &w->placement, sizeof(w->placement));
	s64 id = world_call(0, HC_CELL_CREATE, WORLD_REPLY, 0, 0, 0);

	if (id < 0) {
		for (u32 i = 0; i < w->needs.cpu_count; i++)
			(void)world_online(w->needs.cpus[i]);
		world_release(w);
		return (int)id;
	}
	w->id = (u32)id;
	return (int)world_repeat(HC_WORK, 0, 0, 0, 0, 100000);
}

int world_load(const struct world_cell *w, u64 offset, u32 size)
{
	memset(fake_memory(WORLD_IMAGE), 0x42, size);
	return (int)world_repeat(HC_CELL_LOAD, w->id, cells[w->id].memory[0].gpa + offset, WORLD_IMAGE, size, 1000);
}

int world_start(const struct world_cell *w)
{
	s64 result = world_call(0, HC_CELL_START, w->id, cells[w->id].memory[0].gpa, 0x77, 0);

	if (result == 0)
		for (u32 i = 0; i < w->needs.cpu_count; i++)
			(void)world_wake(w->needs.cpus[i]);
	return (int)result;
}

static int stop(const struct world_cell *w, u64 flags)
{
	s64 result = world_call(0, HC_CELL_STOP, w->id, flags, 0, 0);

	for (u32 i = 0; i < w->needs.cpu_count; i++)
		if (cpu_has_guest(&cpu_slots[w->needs.cpus[i]]))
			(void)world_kicked(w->needs.cpus[i]);
	return result == -BH_EAGAIN ? (int)world_repeat(HC_CELL_STOP, w->id, flags, 0, 0, 10) : (int)result;
}

int world_stop(const struct world_cell *w)
{
	return stop(w, 0);
}

int world_hang(const struct world_cell *w)
{
	return stop(w, HC_WATCHDOG);
}

int world_suspend(const struct world_cell *w)
{
	s64 result = world_call(0, HC_CELL_SUSPEND, w->id, 0, 0, 0);

	for (u32 i = 0; i < w->needs.cpu_count; i++)
		if (fake.cpu[w->needs.cpus[i]].end == END_RUNS)
			(void)world_kicked(w->needs.cpus[i]);
	return result == -BH_EAGAIN ? (int)world_repeat(HC_CELL_SUSPEND, w->id, 0, 0, 0, 10) : (int)result;
}

int world_resume(const struct world_cell *w)
{
	s64 result = world_call(0, HC_CELL_RESUME, w->id, 0, 0, 0);

	for (u32 i = 0; result == 0 && i < w->needs.cpu_count; i++)
		(void)(cpu_has_guest(&cpu_slots[w->needs.cpus[i]]) ? world_kicked(w->needs.cpus[i]) : world_wake(w->needs.cpus[i]));
	return (int)result;
}

int world_destroy(struct world_cell *w)
{
	s64 result = world_call(0, HC_CELL_DESTROY, w->id, 0, 0, 0);

	for (u32 i = 0; i < w->needs.cpu_count; i++)
		if (cpu_has_guest(&cpu_slots[w->needs.cpus[i]]))
			(void)world_kicked(w->needs.cpus[i]);
	if (result == -BH_EAGAIN)
		result = world_repeat(HC_CELL_DESTROY, w->id, 0, 0, 0, 100000);
	if (result != 0)
		return (int)result;
	for (u32 i = 0; i < w->needs.cpu_count; i++)
		if (cpu_slots[w->needs.cpus[i]].state == CPU_PARKED)
			(void)world_online(w->needs.cpus[i]);
	world_release(w);
	return 0;
}

int world_disable(void)
{
	s64 result = world_call(0, HC_DISABLE_PREPARE, 0, 0, 0, 0);

	for (u32 i = 0; i < world_cpus; i++)
		if (cpu_slots[i].state == CPU_PARKED)
			(void)world_wake(i);
	if (result == -BH_EAGAIN)
		result = world_repeat(HC_DISABLE_PREPARE, 0, 0, 0, 0, 10);
	for (u32 i = world_cpus; i-- > 0 && result == 0;)
		if (cpu_slots[i].state == CPU_GUEST) {
			(void)world_call(i, HC_CPU_EXIT, 0, 0, 0, 0);
			if (world_end != END_NATIVE)
				return -BH_EFAULT;
		}
	return (int)result;
}

u32 world_state(u32 id)
{
	s64 result = world_call(0, HC_CELL_INFO, id, WORLD_REPLY, sizeof(struct cell_info), 0);

	return result == 0 ? ((struct cell_info *)fake_memory(WORLD_REPLY))->state : CELL_FREE;
}

bool world_root_maps(u64 pa, u64 size, u32 flags)
{
	for (u64 at = pa; at < pa + size; at += PAGE_SIZE) {
		struct pa got = { 0 };
		u32 rights = 0;

		if (!pgtable_query(&cell_root()->stage2, (struct gpa){ at }, &got, &rights) || got.v != at || rights != flags)
			return false;
	}
	return true;
}

bool world_root_maps_none(u64 pa, u64 size)
{
	for (u64 at = pa; at < pa + size; at += PAGE_SIZE) {
		struct pa got;
		u32 rights;

		if (pgtable_query(&cell_root()->stage2, (struct gpa){ at }, &got, &rights))
			return false;
	}
	return true;
}
