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

/* What fuzz/<arch>/ has: what a guest may do, and what it is not expected to survive; the last has no name. */
extern const struct fuzz_act fuzz_acts[], fuzz_ends[];
void fuzz_code_sync(void *code, u32 bytes);
u64 fuzz_controller(void); /* an address in what the hypervisor answers for */
/* Plain loads and stores, as a hypervisor decodes them: %0 is the value, %1 the address. */
u64 fuzz_load8(u64 address), fuzz_load16(u64 address), fuzz_load32(u64 address), fuzz_load64(u64 address);
void fuzz_store8(u64 address, u64 value), fuzz_store16(u64 address, u64 value), fuzz_store32(u64 address, u64 value),
	fuzz_store64(u64 address, u64 value);
#define FUZZ_LOAD(bits, text)                                               \
	u64 fuzz_load##bits(u64 address)                                    \
	{                                                                   \
		u64 value;                                                  \
		asm volatile(text : "=r"(value) : "r"(address) : "memory"); \
		return value;                                               \
	}
#define FUZZ_STORE(bits, text)                                            \
	void fuzz_store##bits(u64 address, u64 value)                     \
	{                                                                 \
		asm volatile(text ::"r"(value), "r"(address) : "memory"); \
	}

/* The calling CPU's numbers: the same from the same seed. */
u64 fuzz_random(void);
u32 fuzz_below(u32 n);
bool fuzz_chance(u32 in); /* one of so many times */
u64 fuzz_pick(const u64 *values, u32 count);
u64 fuzz_value(void);                                                  /* often one that means something */
u64 fuzz_own(void);                                                    /* an address nobody minds */
u64 fuzz_anywhere(void);                                               /* mapped in the guest's own tables */
void fuzz_access(u64 address, u32 width_log2);                         /* a load or a store, below FUZZ_WIDTHS */
void *fuzz_code(void);                                                 /* room for instructions, of the calling CPU, FUZZ_CODE bytes */
u64 fuzz_run(const u32 *words, u32 count, u64 a, u64 b, u64 c, u64 d); /* called as a function: the last is the way back */

#define FUZZ_CODE 256
#define FUZZ_PICK(values) fuzz_pick(values, sizeof(values) / sizeof((values)[0]))

#endif
