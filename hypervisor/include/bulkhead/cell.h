/* SPDX-License-Identifier: GPL-2.0-only */
/* cell.c: life of cells; the only writer of a cell's state. */
#ifndef BULKHEAD_CELL_H
#define BULKHEAD_CELL_H

#include <bulkhead/abi/comm.h>
#include <bulkhead/abi/fault.h>
#include <bulkhead/abi/hypercall.h>
#include <bulkhead/ledger.h>
#include <bulkhead/lock.h>
#include <bulkhead/mmio.h>
#include <bulkhead/pgtable.h>
#include <bulkhead/plan.h>

#include <asm/arch_cell.h> /* struct arch_cell: the port's part */

struct cpu;

#define CELL_IRQS PLAN_IRQ_END

struct cell {
	/* immutable after create */
	u16 id;    /* 0: the root; index into the cell table */
	u32 flags; /* BLOB_CELL_* */
	char name[BULKHEAD_NAME_SIZE];
	u32 cpu_count;                /* cells: vCPUs 0..n-1; the root: board CPUs */
	u8 cpus[BULKHEAD_MAX_CPUS];   /* vCPU -> board CPU */
	u64 irq_mask[CELL_IRQS / 64]; /* bit = irq owned; derived from the ledger; the root's changes atomically */
	struct mmio_table mmio;
	struct blob_cell config;
	struct comm_page comm; /* what its comm page starts with */
	struct {
		u64 gpa, size, host;
		u64 flags; /* BLOB_MEM_*, CELL_MEM_* */
	} memory[CELL_MAX_MEMORY];
	u32 memory_count;
	u8 window[WINDOW_CELL_MAX]; /* ids; each has two places at the end of memory[]: header page, data */
	u32 window_count;
	u64 pool_base; /* console ring page, then comm page */
	u64 pool_size;
	struct arch_cell arch;

	/* guarded by mgmt */
	u32 state; /* enum cell_state; read without the lock by info only */
	struct pgtable stage2;
	struct pool pool; /* cells; the root uses root_pool */
	u64 scrub_memory; /* scrub progress: index of the region: memory, windows, pool, */
	u64 scrub_offset; /* and byte in it */
	u64 map_offset;   /* then how far it is mapped, the same way */
	u32 map_memory;
	bool scrub_pending;
	u64 deadline; /* counter value after which a CPU that did not park is lost */
	struct fault_record fault;

	/* console ring, many writers */
	struct ticket_lock ring_lock;
};

extern struct cell *cells; /* [cell_capacity], cells[0] is the root */
extern u32 cell_capacity;
extern struct ledger ledger;
extern struct pool root_pool;

static inline struct cell *cell_root(void)
{
	return &cells[0];
}

static inline bool cell_is_root(const struct cell *c)
{
	return c->id == 0;
}

static inline bool cell_owns_irq(const struct cell *c, u32 irq)
{
	return irq < CELL_IRQS && (c->irq_mask[irq / 64] >> (irq % 64) & 1);
}

/* Hypercall back ends; arguments as in abi/hypercall.h. */
int __must_check cell_check(struct mgmt m, const struct cell_plan *plan, struct cell_needs *needs);
int __must_check cell_create(struct mgmt m, const struct cell_plan *plan, const struct cell_placement *placement);
int __must_check cell_load(struct mgmt m, struct cell *c, u64 gpa, u64 source, u64 size);
int __must_check cell_start(struct mgmt m, struct cell *c, u64 entry, u64 argument);
int __must_check cell_stop(struct mgmt m, struct cell *c, u64 flags);
int __must_check cell_suspend(struct mgmt m, struct cell *c, u64 flags);
int __must_check cell_resume(struct mgmt m, struct cell *c);
int __must_check cell_destroy(struct mgmt m, struct cell *c, u64 flags);
s64 __must_check cell_shutdown(struct mgmt m, struct cell *c);
/* Finishes pending scrubs, a bounded part per call: 0 or -EAGAIN. */
int __must_check cell_work(struct mgmt m);
struct cell *cell_find(u32 id); /* NULL: no such cell, or the root */
bool cell_any(void);
void cell_fill_info(const struct cell *c, struct cell_info *info);
u64 cell_scrub_left(void);
/* One that is critical and runs, or NULL: then the root may not reset the machine or switch it off. Without mgmt. */
const struct cell *cell_critical(void);
bool cell_refuses_reset(void); /* is there one? Says so in the log: for the doors of a port */
extern bool cell_locked;       /* ownership stays as it is until the machine is reset; mgmt */
extern u64 cell_root_faults;   /* exceptions given to the root for reaching outside; atomic */
u64 cell_fault_sequence(void); /* faults since enable */
extern u64 cell_notify;        /* what HC_NOTIFY said; atomic */

/*
 * Trap path of a cell's own CPU: the cell ends by its own doing. cell_fail() keeps the record (filled but for cell, cpu,
 * counter and sequence); cell_halt() is a guest that reset its machine or switched it off. Do not return.
 */
__noreturn void cell_fail(struct cpu *cpu, const struct fault_record *record);
__noreturn void cell_halt(struct cpu *cpu, enum fault_cause cause); /* FAULT_RESET, FAULT_OFF */

#endif
