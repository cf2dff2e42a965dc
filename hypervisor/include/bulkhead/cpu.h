/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cpu.c: per-CPU blocks, parking, requests. A CPU runs its owner's code, or waits in cpu_park_loop(). What other CPUs ask of
 * it goes through its slot; struct cpu is mapped on its own CPU only.
 */
#ifndef BULKHEAD_CPU_H
#define BULKHEAD_CPU_H

#include <bulkhead/abi/exits.h>
#include <bulkhead/abi/hypercall.h>
#include <bulkhead/lock.h>

#include <asm/arch_cpu.h> /* struct arch_cpu: the port's part */

struct cell;
struct cpu;

/* Requests to a CPU, bits of slot->request. */
#define CPU_REQ_PARK 0x1    /* leave the guest, and run none until it is cleared (m, all parked) */
#define CPU_REQ_OFF 0x2     /* go to firmware; the machine is being disabled */
#define CPU_REQ_SUSPEND 0x4 /* leave the guest, keep all of it, and wait until this is cleared */
#define CPU_REQ_LEAVE (CPU_REQ_PARK | CPU_REQ_OFF | CPU_REQ_SUSPEND)

/* Power of a vCPU as its cell sees it (PSCI, HSM). */
enum cpu_power { POWER_OFF = 0, POWER_CLAIMED = 1, POWER_ON_PENDING = 2, POWER_ON = 3 };

struct cpu_slot {          /* shared */
	u64 hwid;          /* immutable */
	u32 index;         /* immutable, board CPU number */
	u32 state;         /* enum cpu_state; written by its own CPU, LOST by mgmt */
	u32 request;       /* atomic bits */
	u32 power;         /* enum cpu_power, atomic */
	struct cell *cell; /* guarded by mgmt, changed only while the CPU is parked */
	u32 vcpu;          /* same */
	u32 reserved;
	u64 entry; /* written by who moved power OFF -> ON_PENDING, read by the CPU when it sees ON_PENDING */
	u64 argument;
};

typedef s64 (*hypercall_fn)(struct cpu *cpu, u64 *args, u64 number);

struct cpu { /* private to its CPU */
	struct cpu_slot *slot;
	struct cell *cell;         /* whose code it runs; NULL while parked */
	const hypercall_fn *calls; /* what that cell may call; hypercall_table() */
	u64 *counters;             /* EXIT_COUNTERS, in root-readable memory */
	u32 index;
	u32 vcpu;
	u64 *window;   /* last-level entries of its private window on foreign memory, own.c */
	u64 window_va; /* address the first of them maps */
	struct arch_cpu arch;
};

extern struct cpu_slot *cpu_slots; /* [cpu_count] */
extern u32 cpu_count;

/* Own CPU. Never returns: waits for power ON_PENDING (then runs the guest) or CPU_REQ_OFF. Called by arch_cpu_park(). */
__noreturn void cpu_park_loop(struct cpu *cpu);
/*
 * Own CPU, at the end of each exit that was a kick, and of one for memory: parks if asked to; waits while suspended. True: it did
 * wait, a kick to itself is under way so that what others meant is looked at, and the guest is to try its access again.
 */
bool cpu_service(struct cpu *cpu);
/* Own CPU: power off as the guest asked (PSCI CPU_OFF); parks. */
__noreturn void cpu_power_off(struct cpu *cpu);
/* Powers on a vCPU of the same cell: 0, -ENOENT (no such vCPU), -EBUSY (already on or being switched on). */
int __must_check cpu_power_on(struct cell *cell, u32 vcpu, u64 entry, u64 argument);
/* Asks all CPUs of the cell except this one to park, or to wait: CPU_REQ_PARK, CPU_REQ_SUSPEND. m */
void cpu_park_cell(struct mgmt m, struct cell *cell, u32 request);
/* 0: all CPUs of the cell parked, suspended or lost, as they were asked; -EAGAIN: not yet. Marks those past the cell's deadline lost. m */
int __must_check cpu_cell_parked(struct mgmt m, struct cell *cell);

/* It runs a guest, or will go on with it. */
static inline bool cpu_has_guest(const struct cpu_slot *slot)
{
	u32 state = load_acquire(&slot->state);

	return state == CPU_GUEST || state == CPU_SUSPENDED;
}

static inline __attribute__((always_inline)) void count_exit_inline(struct cpu *cpu, u32 reason)
{
	cpu->counters[EXIT_TOTAL]++;
	cpu->counters[reason]++;
}

static inline void count_exit(struct cpu *cpu, u32 reason)
{
	count_exit_inline(cpu, reason);
}

#endif
