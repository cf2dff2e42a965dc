// SPDX-License-Identifier: BSD-2-Clause
/* The smallest guest: says where it is, and what its other CPUs are. */
#include "inmate.h"

static volatile u32 seen[INMATE_CPUS];

static void other(u64 index)
{
	seen[index] = cpu_index() == index ? 1 : 2;
}

int main(void)
{
	print("hello from cell %s\n", comm->cell);
	print("hello: cpus %u, memory 0x%lx + 0x%lx, counter %lu Hz\n", comm->cpu_count, comm->memory_gpa, comm->memory_size,
	      comm->counter_hz);
	if (comm->counter_hz != counter_hz())
		print("hello: the counter says %lu Hz itself\n", counter_hz());
	for (u32 i = 1; i < comm->cpu_count && i < INMATE_CPUS; i++) {
		int error = cpu_start(i, other, i);

		while (error == 0 && seen[i] == 0)
			;
		print("hello: cpu %u %s\n", i, error != 0 ? "does not start" : seen[i] == 1 ? "runs" : "has another number");
	}
	print("hello: done\n");
	return 0;
}
