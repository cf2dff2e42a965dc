/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The whole porting contract: a port is these functions and nothing else; core/ calls no other symbol of arch/.
 * Unless said otherwise a function runs on any CPU under the hypervisor, MMU on, and cannot fail. "m" = caller holds mgmt.
 * The traps of a port call into core by cpu_*, cell_*, hypercall_*, mmio_*, fault_* and console_* (their headers).
 */
#ifndef BULKHEAD_ARCH_H
#define BULKHEAD_ARCH_H

#include <bulkhead/addr.h>
#include <bulkhead/ledger.h>
#include <bulkhead/pgtable.h>
#include <bulkhead/plan.h>

struct cell;
struct cpu;
struct cpu_slot;

struct arch_facts { /* filled by arch_probe() and arch_irq_init(), then immutable */
	u64 counter_hz;
	u32 kick_method; /* as in struct system_info */
};
extern struct arch_facts arch_facts;

/* --- identity and time ------------------------------------------------------------------------------------------- */
struct cpu *arch_this_cpu(void);
u64 arch_counter(void); /* monotonic, never stopped or offset */

/* --- init: steps of core/init.c, first CPU unless said ------------------------------------------------------------ */
/* Checks that this machine can be driven; -ENODEV with a log line naming what is missing. Changes nothing. */
int __must_check arch_probe(const struct system_plan *plan);
/* Lists the MMIO the hypervisor keeps for itself (interrupt controller): calls add() for each; stops at its first error. */
int __must_check arch_controllers(const struct system_plan *plan, int (*add)(struct range r));
/* Maps a device for the hypervisor's own use, identity; -ENOMEM. Before any other CPU entered. */
int __must_check arch_map_device(struct range r);
/* Interrupt controller, machine-wide part; undo puts back what was changed. */
int __must_check arch_irq_init(const struct system_plan *plan);
void arch_irq_undo(void);
/* On each CPU: saves what arch_cpu_exit() must put back, then sets the traps, the root's stage 2 and the kick up. */
int __must_check arch_cpu_init(struct cpu *cpu);
void arch_cpu_undo(struct cpu *cpu);
/* On each CPU, from its own hypercall: puts back the state found at entry and returns to the root natively with result 0. */
__noreturn void arch_cpu_exit(struct cpu *cpu);
/* On a parked CPU at disable: gives it to firmware for good; sets *slot's state to CPU_OFF last. */
__noreturn void arch_cpu_power_off(struct cpu *cpu);
/* True once firmware reports the CPU off: nothing of the hypervisor runs there any more. */
bool arch_cpu_is_off(const struct cpu_slot *slot);

/* --- stage 2 ------------------------------------------------------------------------------------------------------ */
/* Geometry for guest-physical addresses below limit; -ERANGE: the hardware cannot. */
int __must_check arch_stage2_geometry(u64 limit, struct pg_geometry *g);
/* Stores count leaves of this level (as in pg_geometry), pa growing by step, over empty entries; visible when it returns. */
void arch_pte_fill(u64 *entry, u32 count, u32 level, struct pa pa, u64 step, u32 flags);
/* 0: empty; 1: table, *pa its address; 2: leaf, *pa and *flags. */
enum pte_kind { PTE_EMPTY = 0, PTE_TABLE = 1, PTE_LEAF = 2 };
enum pte_kind arch_pte_decode(u32 level, u64 pte, struct pa *pa, u32 *flags);
/* Stores an entry that names a table, address 0: an empty one; after all stores before it, visible to walkers when it returns. */
void arch_pte_link(u64 *entry, struct pa table);
/* After it no CPU uses a translation of owner's tables that was not in them when the call was made. m */
void arch_stage2_flush(u16 owner);

/* --- memory ------------------------------------------------------------------------------------------------------- */
/*
 * Maps ARCH_WINDOW_PAGES-limited physical memory into this CPU's private window, normal write-back, read-write; valid until
 * the next call for the same slot on this CPU. Slots: one per table level, then the named ones.
 */
#define ARCH_WINDOW_PAGES 16 /* of the slots WINDOW_SOURCE and WINDOW_TARGET; the others hold 1 */
enum window_slot {
	WINDOW_TABLE0 = 0, /* + level */
	WINDOW_POOL = 4,
	WINDOW_RING = 5,
	WINDOW_COMM = 6,
	WINDOW_SOURCE = 7,
	WINDOW_TARGET = 8,
	WINDOW_DEVICE = 9, /* mapped as device memory: forwarded registers */
	WINDOW_SLOTS
};
void *arch_window(enum window_slot slot, struct pa pa, u32 pages);
enum clean_op {
	CLEAN_TO_POC,     /* before an observer with caches off reads it */
	CLEAN_INVALIDATE, /* no line of it stays in any cache */
	CLEAN_CODE,       /* CLEAN_TO_POC and make instruction fetches see it */
};
void arch_clean(const void *start, u64 size, enum clean_op op);

/* --- CPUs --------------------------------------------------------------------------------------------------------- */
/* Makes the CPU enter the hypervisor soon or, parked, look at its slot. Sent, not awaited. */
void arch_cpu_kick(const struct cpu_slot *slot);
/* Parked: sleeps until kicked. May return early. */
void arch_cpu_wait(void);
/* Short pause of a spin loop. */
void arch_cpu_relax(void);
/*
 * Leaves whatever trap is being handled: resets the stack and calls cpu_park_loop(). Guest-visible interrupt state of this
 * CPU is quiesced (private interrupts disabled, inactive, not pending) and no stage 2 is active.
 */
__noreturn void arch_cpu_park(struct cpu *cpu);
/* Resets every register a guest can see from the table of resets and runs cpu->cell's code at entry. */
__noreturn void arch_cpu_run(struct cpu *cpu, u64 entry, u64 argument);

/* --- cells and interrupts ------------------------------------------------------------------------------------------ */
/* Can this plan be honoured? -EINVAL with a log line. Changes nothing. m */
int __must_check arch_cell_check(const struct cell_plan *plan);
/*
 * Fills the arch part of a new cell, adds its trapped controllers to cell->mmio and writes their addresses to cell->comm;
 * plan NULL: the root. m
 */
void arch_cell_create(struct cell *cell, const struct cell_plan *plan);
/*
 * The page of interrupt registers that a CPU gives to its owner: where it is, and where the owner sees it; false: there is
 * none. root: the root, else a cell with this CPU as vcpu; the pages of a cell's CPUs follow each other. After arch_probe().
 */
bool arch_irq_page(bool root, u32 cpu, u32 vcpu, struct gpa *gpa, struct pa *pa);
/* The cell's tables translate nothing (on = false) or what they hold (true); flushed when it returns. m */
void arch_cell_stage2(struct cell *cell, bool on);
/*
 * LEDGER_IRQ: interrupts change owner: disabled, not pending, not active, default priority, routed to to's first CPU.
 * LEDGER_PIO: I/O ports do. The ledger says so already when they leave the root, and does not yet when they come back. m
 */
void arch_resource_move(enum ledger_kind kind, struct range r, struct cell *to);
/*
 * Sends a cell or the root one of its interrupts, to be seen after all that was stored before; nothing where it is not its own.
 * arm64, riscv: as a device would; x86: vector << 16 | vCPU.
 */
void arch_irq_send(const struct cell *to, u32 irq);

#endif
