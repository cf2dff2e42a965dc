/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A whole machine on the fake architecture: the driver's side of enabling, of a cell's life and of disabling, through the
 * same hypercalls. Errors are returned as the hypercall gave them; resumable calls are repeated here.
 */
#ifndef FAKE_WORLD_H
#define FAKE_WORLD_H

#include "fake.h"
#include "parts.h"

#define WORLD_BASE (FAKE_RAM_BASE + 0x200000) /* the hypervisor's claim */
#define WORLD_SIZE 0x60000ull
extern u64 world_size;                          /* WORLD_SIZE, or less: then the root pool has to grow */
#define WORLD_BUFFER (FAKE_RAM_BASE + 0x800000) /* the root's memory for arguments */
#define WORLD_REPLY (WORLD_BUFFER + 0x10000)
#define WORLD_IMAGE (WORLD_BUFFER + 0x20000)   /* what is loaded into cells */
#define WORLD_FREE (FAKE_RAM_BASE + 0x1000000) /* claims come from here on */

struct world_cell {
	u32 id;
	struct cell_needs needs;
	struct cell_placement placement;
};

/* What the driver prepares before the first entry; then world_enter() for each CPU. */
void world_prepare(u32 cpus);
struct boot_block *world_boot_block(void);
int world_enter(u32 cpu);
/* Both: 0, or the error of the first CPU that failed. */
int world_boot(u32 cpus);

/* One hypercall of the CPU's present owner; arguments after the number. world_end says how it ended if not by returning. */
s64 world_call(u32 cpu, u32 number, u64 a, u64 b, u64 c, u64 d);
extern enum fake_end world_end;
/* The same, repeated while it is -EAGAIN; at most `most` times. */
s64 world_repeat(u32 number, u64 a, u64 b, u64 c, u64 d, u32 most);

void world_offline(u32 cpu);         /* the root's CPU_OFF */
enum fake_end world_online(u32 cpu); /* the root's CPU_ON */
enum fake_end world_wake(u32 cpu);   /* a parked CPU looks at its slot */
enum fake_end world_kicked(u32 cpu); /* a CPU that runs a guest, or waits suspended, takes the kick */
extern bool world_waited;            /* what cpu_service() said then */

/* check + claims + CPUs offline + create + scrub: 0 or the error; nothing is held after an error. */
int world_create(struct world_cell *w, const struct cell_parts *parts);
/* Only up to the claims: w->needs and w->placement are filled. */
int world_plan(struct world_cell *w, const struct cell_parts *parts);
int world_load(const struct world_cell *w, u64 offset, u32 size);
/* start, and each of its CPUs that was told to runs: 0 or the error. */
int world_start(const struct world_cell *w);
int world_stop(const struct world_cell *w);
int world_hang(const struct world_cell *w); /* the same for the watchdog */
/* suspend, until all its CPUs wait; resume, and each that is to go on does. */
int world_suspend(const struct world_cell *w);
int world_resume(const struct world_cell *w);
/* destroy to the end, claims free again, CPUs back online in the root. */
int world_destroy(struct world_cell *w);
/* Claims given back without a cell, e.g. after a refused create. */
void world_release(struct world_cell *w);
/* disable as the driver does it; 0: no CPU is under the hypervisor. */
int world_disable(void);
u32 world_state(u32 id); /* enum cell_state by HC_CELL_INFO, CELL_FREE if there is none */
bool world_root_maps(u64 pa, u64 size, u32 flags);
bool world_root_maps_none(u64 pa, u64 size);

#endif
