/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the hypercall table: number -> function, who may call, whether mgmt is held. Arguments are numbers; structures are
 * snapshots made by guestmem.c into the scratch below before anything looks at them.
 */
#include <bulkhead/arch.h>
#include <bulkhead/commit.h>
#include <bulkhead/place.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>
#include <bulkhead/window.h>

static union { /* guarded by mgmt */
	struct cell_needs needs;
	struct cell_info cell;
	struct system_info system;
	struct cpu_info cpu;
} scratch;

/* Of the cell that was checked last, and is then created of it: the commit reads both while commit_takes(); guarded by mgmt. */
static struct cell_plan plan;
static struct cell_placement placement;
static bool planned;

/* Copies a result out to the root, as much as it has room for and this version knows. */
static s64 reply(struct mgmt m, u64 gpa, const void *from, u64 known, u64 room)
{
	return guestmem_write(m, cell_root(), gpa, from, room < known ? room : known);
}

static s64 do_version(struct cpu *cpu, u64 *args, u64 number)
{
	return BULKHEAD_ABI_VERSION;
}

static s64 do_null(struct cpu *cpu, u64 *args, u64 number)
{
	return 0;
}

static s64 do_system_info(struct cpu *cpu, u64 *args, struct mgmt m)
{
	memset(&scratch.system, 0, sizeof(scratch.system));
	init_fill_info(&scratch.system);
	return reply(m, args[0], &scratch.system, sizeof(scratch.system), args[1]);
}

static s64 do_disable_prepare(struct cpu *cpu, u64 *args, struct mgmt m)
{
	return cell_locked ? -BH_EPERM : init_disable_prepare(m);
}

static s64 do_cpu_exit(struct cpu *cpu, u64 *args, u64 number)
{
	if (!init_disable_ready())
		return -BH_EBUSY;
	arch_cpu_exit(cpu);
}

static s64 do_cell_check(struct cpu *cpu, u64 *args, struct mgmt m)
{
	if (commit_takes(m))
		return -BH_EAGAIN;
	int err = place_read(m, args[0], args[1], &plan);

	planned = err == 0;
	if (planned)
		err = cell_check(m, &plan, &scratch.needs);
	if (err)
		return err;
	return reply(m, args[2], &scratch.needs, sizeof(scratch.needs), sizeof(scratch.needs));
}

static s64 do_cell_create(struct cpu *cpu, u64 *args, struct mgmt m)
{
	if (!planned)
		return -BH_ENOENT;
	int err = guestmem_read(m, cpu->cell, args[0], &placement, sizeof(placement));

	if (err == 0)
		err = cell_create(m, &plan, &placement);
	planned = err <= 0;
	return err;
}

static s64 do_cell_load(struct cell *cell, const u64 *args, struct mgmt m)
{
	return cell_load(m, cell, args[1], args[2], args[3]);
}

static s64 do_cell_start(struct cell *cell, const u64 *args, struct mgmt m)
{
	return cell_start(m, cell, args[1], args[2]);
}

static s64 do_cell_stop(struct cell *cell, const u64 *args, struct mgmt m)
{
	return cell_stop(m, cell, args[1]);
}

static s64 do_cell_suspend(struct cell *cell, const u64 *args, struct mgmt m)
{
	return cell_suspend(m, cell, args[1]);
}

static s64 do_cell_resume(struct cell *cell, const u64 *args, struct mgmt m)
{
	return cell_resume(m, cell);
}

static s64 do_cell_destroy(struct cell *cell, const u64 *args, struct mgmt m)
{
	return cell_destroy(m, cell, args[1]);
}

static s64 do_cell_shutdown(struct cell *cell, const u64 *args, struct mgmt m)
{
	return cell_shutdown(m, cell);
}

static s64 do_lock(struct cpu *cpu, u64 *args, struct mgmt m)
{
	cell_locked = true;
	return 0;
}

static s64 do_cell_info(struct cell *cell, const u64 *args, struct mgmt m)
{
	cell_fill_info(cell, &scratch.cell);
	return reply(m, args[1], &scratch.cell, sizeof(scratch.cell), args[2]);
}

static s64 do_cpu_info(struct cpu *cpu, u64 *args, struct mgmt m)
{
	const struct cpu_slot *slot;

	if (args[0] >= cpu_count)
		return -BH_ENOENT;
	slot = &cpu_slots[args[0]];
	scratch.cpu = (struct cpu_info){
		.size = sizeof(scratch.cpu),
		.cpu = slot->index,
		.state = slot->state,
		.cell = ledger_owner(&ledger, LEDGER_CPU, slot->index),
		.hwid = slot->hwid,
	};
	return reply(m, args[1], &scratch.cpu, sizeof(scratch.cpu), args[2]);
}

static s64 do_work(struct cpu *cpu, u64 *args, struct mgmt m)
{
	return cell_work(m);
}

static s64 do_pool_reclaim(struct cpu *cpu, u64 *args, struct mgmt m)
{
	return cell_locked ? -BH_EPERM : commit_pool_reclaim(m, args[0]);
}

/* Without mgmt: the root's kernel moves its interrupts where it cannot wait. */
static s64 do_notify(struct cpu *cpu, u64 *args, u64 number)
{
	store_relaxed(&cell_notify, args[0]);
	arch_irq_send(cell_root(), (u32)args[0]);
	return 0;
}

/* Without mgmt, which cells never wait for. */
static s64 do_doorbell(struct cpu *cpu, u64 *args, u64 number)
{
	return window_ring(cpu->cell, args[0], args[1], args[2]);
}

static s64 do_window_info(struct cpu *cpu, u64 *args, struct mgmt m)
{
	struct window *w = window_get(args[0]);

	if (w == NULL)
		return -BH_ENOENT;
	s64 err = reply(m, args[1], window_header(w), sizeof(struct window_header), args[2]);
	return err ? err : (s64)w->memory.start;
}

static s64 do_console_write(struct cpu *cpu, u64 *args, u64 number)
{
	if (args[0] == 0 || args[0] > 3 * sizeof(u64))
		return -BH_EINVAL;
	console_cell_write(cpu->cell, (const char *)&args[1], (u32)args[0]);
	return 0;
}

enum caller { CALLER_ROOT = 1, CALLER_CELL = 2, CALLER_ANY = 3 };

static const struct {
	hypercall_fn run;                                                  /* without mgmt, or */
	s64 (*locked)(struct cpu *cpu, u64 *args, struct mgmt m);          /* with it, or */
	s64 (*on_cell)(struct cell *cell, const u64 *args, struct mgmt m); /* with it, on the cell the first argument names */
	u32 callers;                                                       /* enum caller */
} calls[HC_COUNT] = {
	[HC_VERSION] = { .run = do_version, .callers = CALLER_ANY },
	[HC_SYSTEM_INFO] = { .locked = do_system_info, .callers = CALLER_ROOT },
	[HC_DISABLE_PREPARE] = { .locked = do_disable_prepare, .callers = CALLER_ROOT },
	[HC_CPU_EXIT] = { .run = do_cpu_exit, .callers = CALLER_ROOT },
	[HC_CELL_CHECK] = { .locked = do_cell_check, .callers = CALLER_ROOT },
	[HC_CELL_CREATE] = { .locked = do_cell_create, .callers = CALLER_ROOT },
	[HC_CELL_LOAD] = { .on_cell = do_cell_load, .callers = CALLER_ROOT },
	[HC_CELL_START] = { .on_cell = do_cell_start, .callers = CALLER_ROOT },
	[HC_CELL_STOP] = { .on_cell = do_cell_stop, .callers = CALLER_ROOT },
	[HC_CELL_SUSPEND] = { .on_cell = do_cell_suspend, .callers = CALLER_ROOT },
	[HC_CELL_RESUME] = { .on_cell = do_cell_resume, .callers = CALLER_ROOT },
	[HC_CELL_SHUTDOWN] = { .on_cell = do_cell_shutdown, .callers = CALLER_ROOT },
	[HC_LOCK] = { .locked = do_lock, .callers = CALLER_ROOT },
	[HC_CELL_DESTROY] = { .on_cell = do_cell_destroy, .callers = CALLER_ROOT },
	[HC_CELL_INFO] = { .on_cell = do_cell_info, .callers = CALLER_ROOT },
	[HC_CPU_INFO] = { .locked = do_cpu_info, .callers = CALLER_ROOT },
	[HC_WORK] = { .locked = do_work, .callers = CALLER_ROOT },
	[HC_POOL_RECLAIM] = { .locked = do_pool_reclaim, .callers = CALLER_ROOT },
	[HC_NOTIFY] = { .run = do_notify, .callers = CALLER_ROOT },
	[HC_CONSOLE_WRITE] = { .run = do_console_write, .callers = CALLER_CELL },
	[HC_DOORBELL] = { .run = do_doorbell, .callers = CALLER_ANY },
	[HC_WINDOW_INFO] = { .locked = do_window_info, .callers = CALLER_ROOT },
	[HC_NULL] = { .run = do_null, .callers = CALLER_ANY },
};

/* What a trap finds: one table for the root, one for cells, worked out once. */
static hypercall_fn dispatch[2][HC_COUNT];

static s64 call_unknown(struct cpu *cpu, u64 *args, u64 number)
{
	return -BH_ENOSYS;
}

static s64 call_denied(struct cpu *cpu, u64 *args, u64 number)
{
	return -BH_EPERM;
}

static s64 call_locked(struct cpu *cpu, u64 *args, u64 number)
{
	struct mgmt m;
	s64 result;

	/* The driver calls one at a time and again on -EAGAIN; nobody spins here for another root CPU's work. */
	if (!mgmt_trylock(&m))
		return -BH_EAGAIN;
	if (calls[number].locked) {
		result = calls[number].locked(cpu, args, m);
	} else {
		struct cell *cell = cell_find((u32)args[0]);

		result = cell ? calls[number].on_cell(cell, args, m) : -BH_ENOENT;
	}
#ifdef CONFIG_DEBUG_CHECKS
	CHECK(ledger_invariant(&ledger));
#endif
	mgmt_unlock(m);
	return result;
}

void hypercall_init(void)
{
	for (u32 n = 0; n < HC_COUNT; n++) {
		hypercall_fn run = calls[n].run ? calls[n].run : calls[n].callers ? call_locked : call_unknown;
		bool known = calls[n].callers != 0;

		dispatch[0][n] = !known || calls[n].callers & CALLER_ROOT ? run : call_denied;
		dispatch[1][n] = !known || calls[n].callers & CALLER_CELL ? run : call_denied;
	}
}

const hypercall_fn *hypercall_table(const struct cell *caller)
{
	return dispatch[cell_is_root(caller) ? 0 : 1];
}
