// SPDX-License-Identifier: BSD-2-Clause
/* Runs what is not the cell's to run: memory that is not its own, or a region without the right to execute. */
#include "probe.h"

static u64 calls;

static __attribute__((noinline)) void own(void)
{
	calls++;
}

int main(void)
{
	void (*volatile call)(void) = own;
	u64 target;

	probe_start("exec");
	target = probe_target(comm->memory_gpa + comm->memory_size + 0x1000000, MAP_NORMAL);
	call();
	probe_control(calls == 1);
	probe_attack(target);
	attack_call(target);
	probe_survived(calls);
	return 0;
}
