/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns the life of cells: the verb table of abi/hypercall.h at work, and every change of a cell's state. Lock: mgmt. */
#include <bulkhead/arch.h>
#include <bulkhead/commit.h>
#include <bulkhead/place.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>
#include <bulkhead/window.h>

struct cell *cells;
u32 cell_capacity;
struct ledger ledger;
struct pool root_pool;

u64 cell_root_faults;
static u64 fault_sequence;

static const u8 next_state[CELL_VERB_COUNT][CELL_STATES] = { CELL_VERBS(CELL_VERB_ROW) };

static const u8 changes_owner[CELL_VERB_COUNT] = { CELL_VERBS(CELL_VERB_OWNER) };
bool cell_locked;
u64 cell_notify;

static int verb_allowed(const struct cell *c, enum cell_verb verb)
{
	if (cell_locked && changes_owner[verb])
		return -BH_EPERM;
	return next_state[verb][c->state] ? 0 : -BH_EINVAL;
}

static bool critical_runs(const struct cell *c)
{
	return c->flags & BLOB_CELL_CRITICAL && (c->state == CELL_RUNNING || c->state == CELL_SUSPENDED);
}

/* What would hold up a cell that runs. */
static int spare_critical(const struct cell *c, u64 flags)
{
	bool spare = cell_locked || !(flags & HC_FORCE);

	return spare && critical_runs(c) ? -BH_EPERM : 0;
}

const struct cell *cell_critical(void)
{
	for (u32 i = 1; i < cell_capacity; i++)
		if (critical_runs(&cells[i]))
			return &cells[i];
	return NULL;
}

bool cell_refuses_reset(void)
{
	const struct cell *c = cell_critical();

	if (c)
		log_line("cell %s: critical, the root's reset is refused", c->name);
	return c;
}

static void verb_done(struct cell *c, enum cell_verb verb)
{
	u32 next = next_state[verb][c->state];

	if (c->state == next)
		return;
	c->state = next;
	window_tell(c);
}

struct cell *cell_find(u32 id)
{
	return id > 0 && id < cell_capacity && cells[id].state != CELL_FREE ? &cells[id] : NULL;
}

bool cell_any(void)
{
	for (u32 i = 1; i < cell_capacity; i++)
		if (cells[i].state != CELL_FREE)
			return true;
	return false;
}

static bool name_taken(const char *name)
{
	for (u32 i = 1; i < cell_capacity; i++)
		if (cells[i].state != CELL_FREE && strncmp(cells[i].name, name, BULKHEAD_NAME_SIZE) == 0)
			return true;
	return false;
}

__noinline __used int cell_check(struct mgmt m, const struct cell_plan *plan, struct cell_needs *needs)
{
	if (cell_locked)
		return -BH_EPERM;
	if (init_disable_ready()) /* CPUs may have left already: there are no walls to build on */
		return -BH_EBUSY;
	if (name_taken(plan->header->name)) {
		log_line("cell %s: exists already", plan->header->name);
		return -BH_EEXIST;
	}
	return place_needs(m, plan, needs);
}

/* All CPUs named are parked, i.e. the root has taken them offline: 0, or -EAGAIN. */
static int cpus_are_parked(const struct cell_needs *needs)
{
	for (u32 i = 0; i < needs->cpu_count; i++)
		if (load_acquire(&cpu_slots[needs->cpus[i]].state) != CPU_PARKED)
			return -BH_EAGAIN;
	return 0;
}

static const struct claim *root_growth(const struct cell_needs *needs, const struct cell_placement *placement)
{
	for (u32 i = 0; i < needs->claim_count; i++)
		if (needs->claims[i].kind == CLAIM_ROOT_POOL)
			return &placement->claims[i];
	return NULL;
}

/* Pages for everything the commit will do to the root's tables; nothing stays reserved or donated on failure. */
static int reserve(const struct cell_plan *plan, const struct cell_needs *needs, const struct cell_placement *placement)
{
	const struct claim *growth = root_growth(needs, placement);
	int err;

	u32 entries = needs->claim_count + plan->mmio_count + plan->irq_count + plan->pio_count + plan->cpu_count +
		      plan->window_count; /* twice its claim */

	if (!ledger_has_room(&ledger, entries))
		return -BH_ENOSPC;
	if (growth) {
		err = pool_donate(&root_pool, range_make(growth->base, growth->size));
		if (err)
			return err;
	}
	err = pool_reserve(&root_pool, place_root_pages(plan, needs));
	if (err && growth)
		err = pool_reclaim(&root_pool, growth->base) ? -BH_ENOMEM : err;
	return err;
}

__noinline __used int cell_create(struct mgmt m, const struct cell_plan *plan, const struct cell_placement *placement)
{
	static struct cell_needs needs; /* guarded by mgmt */
	struct cell *c = NULL;
	int err;

	for (u32 i = 1; i < cell_capacity && c == NULL; i++)
		if (cells[i].state == CELL_FREE)
			c = &cells[i];
	if (c == NULL)
		return -BH_ENOSPC;
	err = cell_check(m, plan, &needs);
	if (err == 0)
		err = place_verify(&needs, placement);
	if (err == 0)
		err = cpus_are_parked(&needs);
	if (err == 0)
		err = reserve(plan, &needs, placement);
	if (err)
		return err;

	/* Nothing below may fail. */
	u16 id = (u16)(c - cells);
	memset(c, 0, sizeof(*c));
	c->id = id;
	c->state = CELL_CREATED;
	commit_create(m, c, plan, &needs, placement);
	log_line("cell %s: created id=%u cpus=%u", c->name, c->id, c->cpu_count);
	return c->id;
}

int cell_load(struct mgmt m, struct cell *c, u64 gpa, u64 source, u64 size)
{
	int err = verb_allowed(c, VERB_LOAD);

	if (err == 0)
		err = cpu_cell_parked(m, c);
	if (err == 0 && c->scrub_pending)
		err = -BH_EAGAIN;
	if (err == 0)
		err = guestmem_copy(m, c, gpa, cell_root(), source, size);
	if (err == 0)
		verb_done(c, VERB_LOAD);
	return err;
}

static bool executable(const struct cell *c, u64 entry)
{
	for (u32 i = 0; i < c->memory_count; i++)
		if (range_has(range_make(c->memory[i].gpa, c->memory[i].size), entry))
			return c->memory[i].flags & BLOB_MEM_EXEC;
	return false;
}

/* 0: no CPU of the cell is on its way out; -EAGAIN: not yet; -EBUSY: one is lost, and no guest can have it. */
static int cpus_left(struct mgmt m, struct cell *c)
{
	int err = cpu_cell_parked(m, c);

	for (u32 i = 0; err == 0 && i < c->cpu_count; i++)
		if (cpu_slots[c->cpus[i]].state == CPU_LOST)
			err = -BH_EBUSY;
	return err;
}

int cell_start(struct mgmt m, struct cell *c, u64 entry, u64 argument)
{
	int err = verb_allowed(c, VERB_START);

	if (err == 0)
		err = cpus_left(m, c);
	if (err == 0 && (!executable(c, entry) || (entry & (ARCH_ENTRY_ALIGN - 1)) != 0))
		err = -BH_EFAULT;
	if (err)
		return err;

	c->comm.request &= ~0xffu; /* asked of the guest that was; numbers go on */
	commit_comm(m, c);
	arch_cell_stage2(c, true);
	c->stage2.live = true;
	memset(&c->fault, 0, sizeof(c->fault));
	verb_done(c, VERB_START);
	for (u32 i = 0; i < c->cpu_count; i++) {
		store_release(&cpu_slots[c->cpus[i]].power, POWER_OFF);
		atomic_and(&cpu_slots[c->cpus[i]].request, ~(u32)(CPU_REQ_PARK | CPU_REQ_SUSPEND));
	}
	err = cpu_power_on(c, 0, entry, argument);
	CHECK(err == 0);
	log_line("cell %s: started entry=0x%llx", c->name, (unsigned long long)entry);
	return 0;
}

/*
 * Parking and suspending: no translation is left, then the CPUs are kicked. Isolation never depends on their answer. The request
 * goes first: a CPU that faults for want of tables finds it. Interrupts of a suspended cell stay as they are, and pend.
 */
static void pull_cell(struct mgmt m, struct cell *c, u32 request)
{
	for (u32 i = 0; i < c->cpu_count; i++)
		atomic_or(&cpu_slots[c->cpus[i]].request, request);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	arch_cell_stage2(c, false);
	cpu_park_cell(m, c, request);
	for (u32 irq = 0; request == CPU_REQ_PARK && irq < CELL_IRQS; irq++)
		if (cell_owns_irq(c, irq))
			arch_resource_move(LEDGER_IRQ, range_make(irq, 1), c);
}

/* Stop and suspend; again and again until no CPU is on its way. */
static int hold_cell(struct mgmt m, struct cell *c, enum cell_verb verb, u32 request, const char *done)
{
	bool first = next_state[verb][c->state] != c->state;

	verb_done(c, verb); /* before its interrupts are reset: no doorbell comes any more */
	if (first) {
		pull_cell(m, c, request);
		log_line("cell %s: %s", c->name, done);
	}
	return cpu_cell_parked(m, c);
}

static void record_fault(struct cell *c, const struct fault_record *record)
{
	c->fault = *record;
	c->fault.size = sizeof(c->fault);
	c->fault.counter = arch_counter();
	c->fault.sequence = ++fault_sequence;
	memcpy(c->fault.cell, c->name, sizeof(c->fault.cell));
}

int cell_stop(struct mgmt m, struct cell *c, u64 flags)
{
	bool hangs = flags & HC_WATCHDOG;
	enum cell_verb verb = hangs ? VERB_HANG : VERB_STOP;
	int err = verb_allowed(c, verb);

	if (err == 0)
		err = spare_critical(c, flags);
	if (err)
		return err;
	if (hangs && c->state == CELL_RUNNING)
		record_fault(c, &(struct fault_record){ .cause = FAULT_WATCHDOG });
	return hold_cell(m, c, verb, CPU_REQ_PARK, hangs ? "[watchdog]" : "stopped");
}

int cell_suspend(struct mgmt m, struct cell *c, u64 flags)
{
	int err = verb_allowed(c, VERB_SUSPEND);

	if (err == 0)
		err = spare_critical(c, flags);
	return err ? err : hold_cell(m, c, VERB_SUSPEND, CPU_REQ_SUSPEND, "suspended");
}

s64 cell_shutdown(struct mgmt m, struct cell *c)
{
	int err = verb_allowed(c, VERB_SHUTDOWN);

	if (err)
		return err;
	log_line("cell %s: asked to shut down", c->name);
	return commit_request(m, c, COMM_SHUTDOWN);
}

int cell_resume(struct mgmt m, struct cell *c)
{
	int err = verb_allowed(c, VERB_RESUME);

	if (err || c->state == CELL_RUNNING)
		return err;
	err = cpus_left(m, c);
	if (err)
		return err;
	arch_cell_stage2(c, true);
	verb_done(c, VERB_RESUME);
	for (u32 i = 0; i < c->cpu_count; i++) {
		struct cpu_slot *slot = &cpu_slots[c->cpus[i]];

		atomic_and(&slot->request, ~(u32)CPU_REQ_SUSPEND);
		arch_cpu_kick(slot); /* a parked one may have been switched on meanwhile */
	}
	log_line("cell %s: resumed", c->name);
	return 0;
}

int cell_destroy(struct mgmt m, struct cell *c, u64 flags)
{
	int err;

	if (c->state == CELL_DESTROYED) { /* its own scrub, so that 0 means this cell's memory is the root's */
		if (!commit_scrub(m, c))
			return -BH_EAGAIN;
		c->state = CELL_FREE;
		return 0;
	}
	err = verb_allowed(c, VERB_DESTROY);
	if (err == 0 && (c->state == CELL_RUNNING || c->state == CELL_SUSPENDED))
		err = cell_stop(m, c, flags);
	if (err == 0)
		err = cpu_cell_parked(m, c);
	if (err)
		return err;
	verb_done(c, VERB_DESTROY);
	commit_destroy(m, c);
	log_line("cell %s: destroyed", c->name);
	return -BH_EAGAIN; /* the scrub is left */
}

int cell_work(struct mgmt m)
{
	for (u32 i = 1; i < cell_capacity; i++) {
		struct cell *c = &cells[i];

		if (c->state == CELL_FREE || !c->scrub_pending)
			continue;
		if (!commit_scrub(m, c))
			return -BH_EAGAIN;
		if (c->state == CELL_DESTROYED)
			c->state = CELL_FREE;
		return -BH_EAGAIN; /* mapping was this call's work; the next one looks for more */
	}
	return 0;
}

u64 cell_scrub_left(void)
{
	u64 left = 0;

	for (u32 i = 1; i < cell_capacity; i++)
		if (cells[i].state != CELL_FREE)
			left += commit_scrub_left(&cells[i]);
	return left;
}

void cell_fill_info(const struct cell *c, struct cell_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	info->id = c->id;
	info->state = c->state;
	info->flags = c->flags;
	memcpy(info->name, c->name, sizeof(info->name));
	info->cpu_count = c->cpu_count;
	info->pool_pages = (u32)(c->pool_size >> PAGE_SHIFT);
	info->pool_used = info->pool_pages - c->pool.total + c->pool.used;
	info->memory_count = c->memory_count;
	info->scrub_left = commit_scrub_left(c);
	info->pool_base = c->pool_base;
	for (u32 i = 0; i < c->cpu_count; i++)
		info->cpus[i] = c->cpus[i];
	_Static_assert(sizeof(info->memory) == sizeof(c->memory), "the same records");
	memcpy(info->memory, c->memory, c->memory_count * sizeof(c->memory[0]));
	info->fault = c->fault;
}

static const char *cause_name(u32 cause)
{
#define CAUSE_NAME(n, NAME, name, help) \
	case n: return name;
	switch (cause) {
		FAULT_CAUSES(CAUSE_NAME)
	}
	return "?";
}

static __noinline void end_by_itself(struct mgmt m, struct cell *c, enum cell_verb verb)
{
	verb_done(c, verb);
	pull_cell(m, c, CPU_REQ_PARK);
}

/* The root is told last: it looks only if the log grew. */
static __noinline __noreturn void park(struct mgmt m, struct cpu *cpu)
{
	arch_irq_send(cell_root(), (u32)load_relaxed(&cell_notify));
	mgmt_unlock(m);
	arch_cpu_park(cpu);
}

void cell_fail(struct cpu *cpu, const struct fault_record *record)
{
	struct cell *c = cpu->cell;
	struct mgmt m = mgmt_lock();

	if (verb_allowed(c, VERB_FAIL) == 0) {
		record_fault(c, record);
		c->fault.cpu = cpu->index;
		c->fault.vcpu = cpu->vcpu;
		end_by_itself(m, c, VERB_FAIL);
		log_line("cell %s: [%s] cpu=%u pc=0x%llx address=0x%llx syndrome=0x%llx", c->name, cause_name(record->cause), cpu->index,
			 (unsigned long long)record->pc, (unsigned long long)record->address, (unsigned long long)record->syndrome);
	}
	park(m, cpu);
}

void cell_halt(struct cpu *cpu, enum fault_cause cause)
{
	struct mgmt m = mgmt_lock();

	if (verb_allowed(cpu->cell, VERB_HALT) == 0) {
		end_by_itself(m, cpu->cell, VERB_HALT);
		cpu->cell->fault.cause = cause;
		log_line("cell %s: [%s]", cpu->cell->name, cause_name(cause));
	}
	park(m, cpu);
}

u64 cell_fault_sequence(void)
{
	return fault_sequence;
}
