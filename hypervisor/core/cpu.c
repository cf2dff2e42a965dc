/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the CPU slots: parking, requests, virtual power. A CPU changes its own state; mgmt may only move GUEST to LOST.
 *
 * The one race that matters: a parked CPU about to run a guest against mgmt about to call it parked. The CPU stores GUEST,
 * fences, then looks at CPU_REQ_PARK; mgmt sets CPU_REQ_PARK, fences, then looks at the state. One of them sees the other.
 */
#include <bulkhead/arch.h>
#include <bulkhead/cell.h>
#include <bulkhead/cpu.h>
#include <bulkhead/runtime.h>

struct cpu_slot *cpu_slots;
u32 cpu_count;

static void run_guest_unless_parked(struct cpu *cpu)
{
	struct cpu_slot *slot = cpu->slot;

	if (!atomic_cas32(&slot->state, CPU_PARKED, CPU_GUEST))
		return;                          /* lost: never again */
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* see the top of this file; partner: cpu_park_cell() */
	u32 request = load_acquire(&slot->request);
	if (request & CPU_REQ_LEAVE) {
		store_release(&slot->power, request & (CPU_REQ_PARK | CPU_REQ_OFF) ? POWER_OFF : POWER_ON_PENDING);
		atomic_cas32(&slot->state, CPU_GUEST, CPU_PARKED);
		return;
	}
	cpu->cell = slot->cell;
	cpu->calls = hypercall_table(cpu->cell);
	cpu->vcpu = slot->vcpu;
	arch_cpu_run(cpu, slot->entry, slot->argument);
}

void cpu_park_loop(struct cpu *cpu)
{
	struct cpu_slot *slot = cpu->slot;

	cpu->cell = NULL;
	atomic_cas32(&slot->state, CPU_GUEST, CPU_PARKED);
	for (;;) {
		if (load_acquire(&slot->request) & CPU_REQ_OFF)
			arch_cpu_power_off(cpu);
		/* Pairs with the release in cpu_power_on(): entry and argument are there. */
		if (!(load_acquire(&slot->request) & CPU_REQ_SUSPEND) && atomic_cas32(&slot->power, POWER_ON_PENDING, POWER_ON))
			run_guest_unless_parked(cpu);
		arch_cpu_wait();
	}
}

/* Apart: what every trap asks first saves no register. */
static __noinline bool leave_guest(struct cpu *cpu)
{
	struct cpu_slot *slot = cpu->slot;
	bool waited = false;

	while (load_acquire(&slot->request) & CPU_REQ_LEAVE) {
		if (load_acquire(&slot->request) & (CPU_REQ_PARK | CPU_REQ_OFF) || !atomic_cas32(&slot->state, CPU_GUEST, CPU_SUSPENDED))
			arch_cpu_park(cpu);
		while ((load_acquire(&slot->request) & CPU_REQ_LEAVE) == CPU_REQ_SUSPEND)
			arch_cpu_wait();
		if (!atomic_cas32(&slot->state, CPU_SUSPENDED, CPU_GUEST)) /* lost */
			arch_cpu_park(cpu);
		__atomic_thread_fence(__ATOMIC_SEQ_CST); /* as in run_guest_unless_parked() */
		waited = true;
	}
	if (waited)
		arch_cpu_kick(slot);
	return waited;
}

bool cpu_service(struct cpu *cpu)
{
	return (load_acquire(&cpu->slot->request) & CPU_REQ_LEAVE) && leave_guest(cpu);
}

void cpu_power_off(struct cpu *cpu)
{
	store_release(&cpu->slot->power, POWER_OFF);
	arch_cpu_park(cpu);
}

int cpu_power_on(struct cell *cell, u32 vcpu, u64 entry, u64 argument)
{
	struct cpu_slot *slot;

	if (vcpu >= cell->cpu_count)
		return -BH_ENOENT;
	slot = &cpu_slots[cell->cpus[vcpu]];
	if (slot->cell != cell || slot->state == CPU_LOST)
		return -BH_EPERM;
	if (!atomic_cas32(&slot->power, POWER_OFF, POWER_CLAIMED))
		return -BH_EBUSY;
	slot->entry = entry;
	slot->argument = argument;
	store_release(&slot->power, POWER_ON_PENDING);
	arch_cpu_kick(slot);
	return 0;
}

void cpu_park_cell(struct mgmt m, struct cell *cell, u32 request)
{
	cell->deadline = arch_counter() + 2 * arch_facts.counter_hz;
	for (u32 i = 0; i < cell->cpu_count; i++) {
		struct cpu_slot *slot = &cpu_slots[cell->cpus[i]];

		atomic_or(&slot->request, request);
		__atomic_thread_fence(__ATOMIC_SEQ_CST); /* partner: run_guest_unless_parked() */
		if (cpu_has_guest(slot) && slot != arch_this_cpu()->slot)
			arch_cpu_kick(slot);
	}
}

int cpu_cell_parked(struct mgmt m, struct cell *cell)
{
	bool late = arch_counter() >= cell->deadline;
	int result = 0;

	for (u32 i = 0; i < cell->cpu_count; i++) {
		struct cpu_slot *slot = &cpu_slots[cell->cpus[i]];

		u32 state = load_acquire(&slot->state);

		if (state != CPU_GUEST && !(state == CPU_SUSPENDED && load_acquire(&slot->request) & CPU_REQ_PARK))
			continue;
		if (!late)
			result = -BH_EAGAIN;
		else if (atomic_cas32(&slot->state, state, CPU_LOST))
			log_line("cell %s: cpu %u did not park in time and is lost; its memory and devices are safe", cell->name,
				 slot->index);
	}
	return result;
}
