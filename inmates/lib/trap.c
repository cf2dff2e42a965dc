// SPDX-License-Identifier: BSD-2-Clause
/* Exceptions a CPU expects, and those that end a guarded call. */
#include "ports.h"

static u64 *expected[INMATE_CPUS];
static u64 guards[INMATE_CPUS];

void trap_expect(u64 *syndrome)
{
	expected[cpu_index()] = syndrome;
	asm volatile("" ::: "memory");
}

bool trap_expects(void)
{
	return expected[cpu_index()] != NULL;
}

void trap_expected(u64 syndrome)
{
	*expected[cpu_index()] = syndrome;
	trap_expect(NULL);
}

void trap_guard_set(u64 stack)
{
	guards[cpu_index()] = stack;
}

u64 trap_guarded(void)
{
	return guards[cpu_index()];
}
