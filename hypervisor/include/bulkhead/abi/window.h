/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared windows: memory of cells, and of the root where it is a member, with doorbells between them. A window is made with the first
 * cell that names its channel and ends with the last; all that name it must agree on struct blob_window.
 *
 * Its first page is struct window_header, which the hypervisor writes and members read; the rest is theirs, zero at first. Members
 * know each other by their place in blob_window.members. Nothing is reset when one of them ends or starts again: what the data means
 * after that is up to them, and `changes` tells.
 *
 * HC_DOORBELL counts in `rung` of the member it is sent to and sends that member its interrupt, one for the whole window: who has more
 * than one doorbell compares counts. A change of another's state comes by the same interrupt. Interrupts can be one for several events;
 * counts are exact. An event is visible in memory before its interrupt comes.
 */
#ifndef BULKHEAD_ABI_WINDOW_H
#define BULKHEAD_ABI_WINDOW_H

#include <stdint.h>

#include "version.h"

#define WINDOW_MAX 16       /* in a machine */
#define WINDOW_CELL_MAX 4   /* of one cell */
#define WINDOW_MEMBERS 4    /* of one window, root included */
#define WINDOW_DOORBELLS 16 /* of one window, to each member */

struct blob_window {
	uint64_t size;      /* bytes, header page included: two pages at least */
	uint32_t doorbells; /* 0..WINDOW_DOORBELLS */
	uint32_t reserved;
	char channel[BULKHEAD_NAME_SIZE]; /* as names of cells */
	char members[WINDOW_MEMBERS]
		    [BULKHEAD_NAME_SIZE]; /* cells, and "root": two at least, descending, so that unused ones, zero, are last */
};

/* Of the cell whose blob it stands in, which is one of the members. */
#define BLOB_WINDOW_READ_ONLY 0x1

struct blob_cell_window {
	uint64_t gpa;
	uint32_t flags; /* BLOB_WINDOW_* */
	uint32_t irq;   /* 0: none; arm64, riscv: one of the cell's, edge-triggered; x86: vector << 16 | vCPU */
	struct blob_window window;
};

#define WINDOW_MAGIC 0x444e49574b4c5542ull /* "BULKWIND" in memory */

struct window_member {
	uint32_t state;   /* enum cell_state; 0: not there; the root: RUNNING */
	uint32_t changes; /* of state, since the window was made */
	uint32_t irq;     /* as in struct blob_cell_window; the root: 0 */
	uint32_t reserved;
	uint32_t rung[WINDOW_DOORBELLS]; /* each time one of these was sent to it; wraps */
};

struct window_header {
	uint64_t magic;
	uint32_t abi;  /* BULKHEAD_ABI_VERSION */
	uint32_t size; /* bytes of this structure */
	uint32_t id;   /* for HC_DOORBELL */
	uint32_t reserved;
	struct blob_window window;
	struct window_member member[WINDOW_MEMBERS];
};

_Static_assert(sizeof(struct blob_window) == 176, "ABI");
_Static_assert(sizeof(struct blob_cell_window) == 192, "ABI");
_Static_assert(sizeof(struct window_member) == 80, "ABI");
_Static_assert(__builtin_offsetof(struct window_header, member) == 200, "ABI");
_Static_assert(sizeof(struct window_header) == 520, "ABI");

#endif
