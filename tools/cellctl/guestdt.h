/* SPDX-License-Identifier: GPL-2.0-only */
/* The device tree of a Linux cell while it is written: guestdt.c has what is common, guestdt_ARCH.c CPUs and controllers. */
#ifndef CELLCTL_GUESTDT_H
#define CELLCTL_GUESTDT_H

#include "model.h"

#define PHANDLE_CONTROLLER 1 /* where devices' interrupts go; the root's interrupt-parent */
#define PHANDLE_CLOCK 2      /* the first; one for each clock node used */
#define MAX_CLOCKS 16
#define PHANDLE_ARCH 0x100 /* the architecture's, from here on */

struct guest_writer {
	const struct cell *cell;
	const struct tree *board;
	void *fdt;
	int err;                /* first error; all later calls do nothing */
	int clocks[MAX_CLOCKS]; /* board nodes */
	u32 clock_count;
};

void guest_begin(struct guest_writer *w, const char *name);
void guest_end(struct guest_writer *w);
void guest_put(struct guest_writer *w, const char *name, const void *data, int length);
void guest_put_string(struct guest_writer *w, const char *name, const char *value);
void guest_put_u32(struct guest_writer *w, const char *name, u32 value);
void guest_put_cells(struct guest_writer *w, const char *name, const u32 *cells, u32 count);
void guest_put_ranges(struct guest_writer *w, const char *name, const struct range *r, u32 count);
/* The property as the board's node has it, if it has. */
void guest_put_copy(struct guest_writer *w, int node, const char *name);
/* The board's node of the cell's CPU; where it is not known yet, of one like it. */
int guest_cpu_node(const struct guest_writer *w, u32 vcpu);

#endif
