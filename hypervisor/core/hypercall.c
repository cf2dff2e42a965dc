/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the hypercall table: number -> function, who may call, whether mgmt is held. Arguments are numbers; structures are
 * snapshots made by guestmem.c into the scratch below before anything looks at them.
 */
#include <bulkhead/arch.h>
#include <bulkhead/commit.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

#define CELL_BLOB_MAX 4096

struct call {
	struct cpu *cpu;
	u64 *args; /* 4 */
	struct mgmt m;
};

static struct { /* guarded by mgmt */
	u64 blob[CELL_BLOB_MAX / 8];
	union {
		struct cell_needs needs;
		struct cell_placement placement;
		struct cell_info cell;
		struct system_info system;
		struct cpu_info cpu;
	};
} scratch;

/* Copies a result out, as much as the caller has room for and this version knows. */
static s64 reply(struct call *c, u64 gpa, const void *from, u64 known, u64 room)
{
	return guestmem_write(c->m, c->cpu->cell, gpa, from, room < known ? room : known);
}

static s64 do_version(struct call *c)
{
	(void)c;
	return BULKHEAD_ABI_VERSION;
}

static s64 do_null(struct call *c)
{
	(void)c;
	return 0;
}

static s64 do_system_info(struct call *c)
{
	memset(&scratch.system, 0, sizeof(scratch.system));
	init_fill_info(&scratch.system);
	return reply(c, c->args[0], &scratch.system, sizeof(scratch.system), c->args[1]);
}

static s64 do_disable_prepare(struct call *c)
{
	return init_disable_prepare(c->m);
}

static s64 do_cpu_exit(struct call *c)
{
	struct cpu *cpu = c->cpu;

	if (!init_disable_ready())
		return -BH_EBUSY;
	arch_cpu_exit(cpu);
}

static int read_plan(struct call *c, struct cell_plan *plan)
{
	struct blob_error error;
	u64 size = c->args[1];

	if (size > sizeof(scratch.blob) || (c->args[0] & 7))
		return -BH_E2BIG;
	int err = guestmem_read(c->m, c->cpu->cell, c->args[0], scratch.blob, size);
	if (err)
		return err;
	err = blob_verify_cell(scratch.blob, size, ARCH_ID, plan, &error);
	if (err)
		log_line("cell configuration refused: [%s] section %u record %u", error.check, error.section, error.record);
	return err;
}

static s64 do_cell_check(struct call *c)
{
	struct cell_plan plan;
	int err = read_plan(c, &plan);

	if (err == 0)
		err = cell_check(c->m, &plan, &scratch.needs);
	if (err)
		return err;
	return reply(c, c->args[2], &scratch.needs, sizeof(scratch.needs), sizeof(scratch.needs));
}

static s64 do_cell_create(struct call *c)
{
	struct cell_plan plan;
	int err = guestmem_read(c->m, c->cpu->cell, c->args[2], &scratch.placement, sizeof(scratch.placement));

	if (err == 0)
		err = read_plan(c, &plan);
	if (err)
		return err;
	return cell_create(c->m, &plan, &scratch.placement);
}

static s64 do_cell_load(struct call *c)
{
	struct cell *cell = cell_find((u32)c->args[0]);

	return cell ? cell_load(c->m, cell, c->args[1], c->args[2], c->args[3]) : -BH_ENOENT;
}

static s64 do_cell_start(struct call *c)
{
	struct cell *cell = cell_find((u32)c->args[0]);

	return cell ? cell_start(c->m, cell, c->args[1], c->args[2]) : -BH_ENOENT;
}

static s64 do_cell_stop(struct call *c)
{
	struct cell *cell = cell_find((u32)c->args[0]);

	return cell ? cell_stop(c->m, cell) : -BH_ENOENT;
}

static s64 do_cell_destroy(struct call *c)
{
	struct cell *cell = cell_find((u32)c->args[0]);

	return cell ? cell_destroy(c->m, cell) : -BH_ENOENT;
}

static s64 do_cell_info(struct call *c)
{
	struct cell *cell = cell_find((u32)c->args[0]);

	if (cell == NULL)
		return -BH_ENOENT;
	cell_fill_info(cell, &scratch.cell);
	return reply(c, c->args[1], &scratch.cell, sizeof(scratch.cell), c->args[2]);
}

static s64 do_cpu_info(struct call *c)
{
	const struct cpu_slot *slot;

	if (c->args[0] >= cpu_count)
		return -BH_ENOENT;
	slot = &cpu_slots[c->args[0]];
	scratch.cpu = (struct cpu_info){
		.size = sizeof(scratch.cpu), .cpu = slot->index, .state = slot->state,
		.cell = ledger_owner(&ledger, LEDGER_CPU, slot->index), .hwid = slot->hwid,
	};
	return reply(c, c->args[1], &scratch.cpu, sizeof(scratch.cpu), c->args[2]);
}

static s64 do_work(struct call *c)
{
	return cell_work(c->m);
}

static s64 do_pool_reclaim(struct call *c)
{
	return commit_pool_reclaim(c->m, c->args[0]);
}

static s64 do_console_write(struct call *c)
{
	if (c->args[0] == 0 || c->args[0] > 3 * sizeof(u64))
		return -BH_EINVAL;
	console_cell_write(c->cpu->cell, (const char *)&c->args[1], (u32)c->args[0]);
	return 0;
}

enum caller { CALLER_ROOT = 1, CALLER_CELL = 2, CALLER_ANY = 3 };

static const struct {
	s64 (*run)(struct call *c);
	u8 callers; /* enum caller */
	bool mgmt;
} calls[HC_COUNT] = {
	[HC_VERSION] = { do_version, CALLER_ANY, false },
	[HC_SYSTEM_INFO] = { do_system_info, CALLER_ROOT, true },
	[HC_DISABLE_PREPARE] = { do_disable_prepare, CALLER_ROOT, true },
	[HC_CPU_EXIT] = { do_cpu_exit, CALLER_ROOT, false },
	[HC_CELL_CHECK] = { do_cell_check, CALLER_ROOT, true },
	[HC_CELL_CREATE] = { do_cell_create, CALLER_ROOT, true },
	[HC_CELL_LOAD] = { do_cell_load, CALLER_ROOT, true },
	[HC_CELL_START] = { do_cell_start, CALLER_ROOT, true },
	[HC_CELL_STOP] = { do_cell_stop, CALLER_ROOT, true },
	[HC_CELL_DESTROY] = { do_cell_destroy, CALLER_ROOT, true },
	[HC_CELL_INFO] = { do_cell_info, CALLER_ROOT, true },
	[HC_CPU_INFO] = { do_cpu_info, CALLER_ROOT, true },
	[HC_WORK] = { do_work, CALLER_ROOT, true },
	[HC_POOL_RECLAIM] = { do_pool_reclaim, CALLER_ROOT, true },
	[HC_CONSOLE_WRITE] = { do_console_write, CALLER_CELL, false },
	[HC_NULL] = { do_null, CALLER_ANY, false },
};

s64 hypercall_dispatch(struct cpu *cpu, u64 number, u64 args[4])
{
	struct call c = { .cpu = cpu, .args = args };
	s64 result;

	if (number >= HC_COUNT || calls[number].run == NULL)
		return -BH_ENOSYS;
	if (!(calls[number].callers & (cell_is_root(cpu->cell) ? CALLER_ROOT : CALLER_CELL)))
		return -BH_EPERM;
	/* The driver calls one at a time and again on -EAGAIN; nobody spins here for another root CPU's work. */
	if (calls[number].mgmt && !mgmt_trylock(&c.m))
		return -BH_EAGAIN;
	result = calls[number].run(&c);
	mgmt_unlock(c.m);
	return result;
}
