/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A cell as its file describes it. schema.c says which nodes and properties exist, model.c reads them, checks.c judges
 * them against a board and the other cells, emit.c turns the result into a blob, layout.c places what it loads.
 */
#ifndef CELLCTL_MODEL_H
#define CELLCTL_MODEL_H

#include "board.h"
#include "tree.h"

enum node_kind { NODE_ROOT, NODE_MEMORY, NODE_REGISTERS, NODE_SHARED, NODE_COMM, NODE_CHOSEN, NODE_DEVICE };

struct cell_memory {
	int node;
	struct range range; /* guest-physical */
	u64 host;           /* or BLOB_ANY */
	bool read_only, no_execute;
};

struct cell_device {
	int node;
	const char *name;   /* in the cell file */
	const char *device; /* board path or alias as written */
	int board_node;     /* negative: none */
	u32 reg_count;
	struct range host[DEVICE_MAX_REGS];
	struct range guest[DEVICE_MAX_REGS];
	u32 port_count;
	struct range ports[DEVICE_MAX_REGS];
	u32 moved_count; /* entries of its own reg property; 0: identity */
	const char *dma; /* NULL: by platform */
};

struct cell_registers {
	int node;
	struct range range;
	u64 host;
	u32 widths; /* bit n: 1 << n bytes */
	bool read_only;
};

struct cell_window {
	int node;
	struct range range; /* guest-physical, header page included */
	const char *channel;
	u32 peer_count;
	bool read_only;
	u32 doorbells;
	u32 irq; /* as in struct blob_cell_window, once cell_assign_doorbells() or a record has said it */
};

struct cell_irq {
	struct board_irq irq;
	int node;         /* whose property; a window's: of its doorbells */
	bool from_device; /* of the board's device, not written in the file */
	bool valid;
};

struct cell_ports {
	struct range range; /* may reach beyond the last port: the checks say so */
	int node;           /* whose property */
	bool from_device;   /* the board's device says it, not the file */
};

struct cell {
	char name[BULKHEAD_NAME_SIZE]; /* cut off if longer: name_given is what was written */
	const char *name_given;
	struct tree tree;
	const struct board *board;
	u32 cpus[BULKHEAD_MAX_CPUS];
	u32 cpu_count; /* of cpus, or what cpu-count asks for */
	bool cpus_any;
	struct cell_memory memory[CELL_MAX_MEMORY];
	u32 memory_count;
	struct cell_device devices[PLAN_MAX_MMIO];
	u32 device_count;
	struct cell_registers registers[PLAN_MAX_MMIO];
	u32 registers_count;
	struct cell_window windows[WINDOW_CELL_MAX];
	u32 window_count;
	struct cell_irq irqs[PLAN_MAX_IRQS];
	u32 irq_count;
	struct cell_ports ports[PLAN_MAX_PIO]; /* of devices, and written */
	u32 port_count;
	int comm_node; /* negative: none */
	u64 comm_gpa;  /* given, or chosen by cell_place_comm(); BLOB_ANY: none found */
	int chosen_node;
	const char *kernel, *initrd, *bootargs, *stdout_path; /* NULL: not given */
	u64 entry;                                            /* BLOB_ANY: not given */
	u32 flags;                                            /* BLOB_CELL_* */
	u32 irq_mode, restart, restart_limit, watchdog_ms;
	bool too_many; /* more nodes of a kind than a cell can have */
	u32 id;        /* of a live cell */
};

/* --- schema.c --- */
enum node_kind node_kind(const char *name);
/* Node and property names and types; reports; the number of errors. */
u32 schema_check(const struct tree *tree, const struct board_arch *arch);

/* --- model.c --- */
/* Reads a file: structure is checked, meaning is not. Reports; 0 or -EINVAL. */
int cell_load(const char *path, const struct board *board, struct cell *cell);
/* The cell's UART: the device of stdout-path or its first; NULL: none. */
const struct cell_device *cell_uart(const struct cell *cell);
/* First page above RAM that nothing else of the cell uses. */
void cell_place_comm(struct cell *cell);
/* Any guest-physical use by the cell (memory, windows, devices, controller) of r; skip_comm: the comm page does not count. */
bool cell_uses(const struct cell *cell, struct range r, bool skip_comm);

/* --- window.c --- */
#define WINDOW_COMPATIBLE "bulkhead,window-v1" /* of windows in what a Linux cell is told */
struct check_context;
/* NULL: no such peer. */
const char *window_peer(const struct cell *cell, const struct cell_window *w, u32 index);
/* What all cells that name a channel must agree on. */
struct blob_window window_record(const struct cell *cell, const struct cell_window *w);
/* The cell's window of this channel, or NULL. */
const struct cell_window *window_find(const struct cell *cell, const char *channel);
/* An interrupt for each window that has doorbells: one of `board` that no device, no other cell and not the root uses. 0: none is left. */
void cell_assign_doorbells(struct cell *cell, const struct board *board, const struct cell *const *others, u32 other_count);
void cell_set_doorbell(struct cell *cell, u32 window, u32 irq);

/* --- checks.c --- */
struct check_context {
	const struct board *board;
	const struct cell *cell;
	const struct cell *const *others;
	u32 other_count;
	const struct cell *const *peers; /* read from files beside the cell's; checks_run() fills it */
	u32 peer_count;
	struct range hypervisor; /* size 0: not known */
	bool files_optional;     /* what is loaded need not be here */
};

/* All checks; reports; the number of errors. */
u32 checks_run(const struct check_context *context);
/* "" ends the list. help NULL: no such check. */
const char *checks_help(const char *id);
const char *checks_id(u32 index);

/* --- emit.c --- */
/* The cell's blob, verified with the hypervisor's own code. data NULL: reported. */
struct bytes cell_blob(const struct cell *cell);

#endif
