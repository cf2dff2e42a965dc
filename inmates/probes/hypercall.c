// SPDX-License-Identifier: BSD-2-Clause
/*
 * Every hypercall number, known or not, with bad arguments; those of the root must be refused, doorbells of windows that are not the cell's
 * not found, none may do harm.
 */
#include "probe.h"

#define EPERM 1
#define ENOENT 2
#define ENOSYS 38

static u64 answers_odd(void)
{
	u64 odd = 0;

	for (u64 number = 1; number < 256; number++) {
		s64 answer;

		if (number == HC_CONSOLE_WRITE || number == HC_NULL)
			continue;
		if (number == HC_DOORBELL) {
			for (u64 id = 0; id <= WINDOW_MAX; id++)
				odd += hypercall(number, id, 0, 0, 0) != -ENOENT;
			odd += hypercall(number, ~0ull, ~0ull, ~0ull, ~0ull) != -ENOENT;
			continue;
		}
		answer = hypercall(number, ~0ull, ~0ull, ~0ull, ~0ull);
		odd += answer != (number < HC_COUNT ? -EPERM : -ENOSYS) && !(number == HC_ATTACH && answer == -ENOSYS);
		answer = hypercall(number, 0, comm->memory_gpa, 4096, 8);
		odd += answer >= 0;
	}
	odd += hypercall(HC_CONSOLE_WRITE, 25, 0, 0, 0) >= 0;
	odd += hypercall(HC_CONSOLE_WRITE, ~0ull, 0, 0, 0) >= 0;
	odd += hypercall(0x3fffffff, 0, 0, 0, 0) >= 0;
	return odd;
}

int main(void)
{
	u64 odd;

	probe_start("hypercall");
	probe_control(hypercall(HC_VERSION, 0, 0, 0, 0) == BULKHEAD_ABI_VERSION && hypercall(HC_NULL, 0, 0, 0, 0) == 0);
	probe_attack(HC_DISABLE_PREPARE);
	odd = answers_odd();
	attack_hypercall(HC_DISABLE_PREPARE);
	probe_survived(odd);
	return 0;
}
