/* SPDX-License-Identifier: BSD-2-Clause */
/* Between fuzz.c and the actions of an architecture, below fuzz/<arch>/. */
#ifndef FUZZ_H
#define FUZZ_H

#include "inmate.h"

/* One thing to do, that may end in an exception of the guest; and how often it is chosen, relative to the others of its table. */
struct fuzz_act {
	const char *name;
	u32 weight;
	void (*run)(u64 argument);
};

#define FUZZ_WIDTHS 4

struct fuzz_port {
	const struct fuzz_act *acts, *ends; /* what a guest may do, and what it is not expected to survive; the last has no name */
	void (*code_sync)(void *code, u32 bytes);
	/* Plain loads and stores of 1, 2, 4 and 8 bytes, as a hypervisor decodes them. */
	u64 (*load[FUZZ_WIDTHS])(u64 address);
	void (*store[FUZZ_WIDTHS])(u64 address, u64 value);
	u64 (*controller)(void); /* an address in what the hypervisor answers for */
};
extern const struct fuzz_port fuzz_port;

/* The calling CPU's numbers: the same from the same seed. */
u64 fuzz_random(void);
u32 fuzz_below(u32 n);
bool fuzz_chance(u32 in); /* one of so many times */
u64 fuzz_pick(const u64 *values, u32 count);
u64 fuzz_value(void);                          /* often one that means something */
u64 fuzz_own(void);                            /* an address nobody minds */
u64 fuzz_anywhere(void);                       /* mapped in the guest's own tables */
void fuzz_access(u64 address, u32 width_log2); /* a load or a store */
void *fuzz_code(void);                         /* room for instructions, of the calling CPU, FUZZ_CODE bytes */

#define FUZZ_CODE 256
#define FUZZ_PICK(values) fuzz_pick(values, sizeof(values) / sizeof((values)[0]))

#endif
