/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What power calls of a guest lead to in core, noted and not done: for tests of an architecture's firmware calls, which
 * rename these functions before core's headers are read.
 */
#ifndef UNIT_POWER_H
#define UNIT_POWER_H

static struct {
	u32 calls, vcpu;
	u64 entry, argument;
	int result;
} power_on;
static jmp_buf gone;
static enum fault_cause halted;
static bool critical_runs;
enum { GONE_HALT = 1, GONE_OFF = 2 };

bool cell_refuses_reset(void)
{
	return critical_runs;
}

int cpu_power_on(struct cell *cell, u32 vcpu, u64 entry, u64 argument)
{
	assert_in_range(vcpu, 0, cell->cpu_count - 1);
	power_on.calls++;
	power_on.vcpu = vcpu;
	power_on.entry = entry;
	power_on.argument = argument;
	return power_on.result;
}

void cpu_power_off(struct cpu *cpu)
{
	longjmp(gone, GONE_OFF);
}

void cell_halt(struct cpu *cpu, enum fault_cause cause)
{
	halted = cause;
	longjmp(gone, GONE_HALT);
}

#endif
