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

void probe_start(const char *name);
/* The address the test handed over, else the given one; printed, and mapped in the guest's own tables. */
u64 probe_target(u64 otherwise, enum map_kind kind);
void probe_control(bool good);
void probe_attack(u64 address);
/* Prints the lines that end a probe; the value is shown, so that a test can compare it. */
void probe_survived(u64 value);

#include "attack.h"

#endif
