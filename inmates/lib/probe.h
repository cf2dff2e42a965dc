/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every probe does: the same access on a resource of its own ("control: ok"), "attack: ADDRESS", the attack at the symbol
 * `attack`, and "survived" with what it saw if it comes back. The verdict is never the probe's: the test looks at the fault report
 * and at the victims.
 */
#ifndef INMATE_PROBE_H
#define INMATE_PROBE_H

#include "inmate.h"

#define PROBE_CANARY 0x5ca1ab1e0ddba11ull
#define ATTACK static __attribute__((noinline, unused))

void probe_start(const char *name);
/* The address the test handed over, else the given one; printed, and mapped in the guest's own tables. */
u64 probe_target(u64 otherwise, enum map_kind kind);
void probe_control(bool good);
void probe_attack(u64 address);
/* Prints the lines that end a probe; the value is shown, so that a test can compare it. */
void probe_survived(u64 value);

/* Each probe uses one of these, once: `attack` is its one attacking instruction. */
ATTACK u64 attack_read(u64 address)
{
	u64 value;

	asm volatile(".globl attack\nattack: ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

ATTACK void attack_write(u64 address, u64 value)
{
	asm volatile(".globl attack\nattack: str %0, [%1]" ::"r"(value), "r"(address) : "memory");
}

ATTACK u32 attack_read32(u64 address)
{
	u32 value;

	asm volatile(".globl attack\nattack: ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

ATTACK void attack_write32(u64 address, u32 value)
{
	asm volatile(".globl attack\nattack: str %w0, [%1]" ::"r"(value), "r"(address) : "memory");
}

ATTACK void attack_call(u64 address)
{
	asm volatile(".globl attack\nattack: blr %0" ::"r"(address)
		     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
		       "x30", "memory");
}

#endif
