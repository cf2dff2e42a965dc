// SPDX-License-Identifier: BSD-2-Clause
/* Starts, asks after and suspends CPUs that are not the cell's. */
#include "port.h"
#include "probe.h"

#define START 0
#define STATUS 2
#define SUSPEND 3

static s64 hsm(u64 function, u64 a, u64 b)
{
	return sbi_call(SBI_EXT_HSM, function, a, b, 0, 0, 0).error;
}

int main(void)
{
	u64 odd = 0;

	probe_start("hsm");
	probe_control(hsm(STATUS, 0, 0) == SBI_OK && sbi_call(SBI_EXT_HSM, STATUS, 0, 0, 0, 0, 0).value == 0);
	probe_attack(SBI_EXT_HSM);
	for (u64 hart = comm->cpu_count; hart < 16; hart++) {
		odd += hsm(START, hart, comm->memory_gpa) >= 0;
		odd += hsm(STATUS, hart, 0) >= 0;
	}
	odd += hsm(START, ~0ull, comm->memory_gpa) >= 0;
	odd += hsm(START, 1ull << 32, comm->memory_gpa) >= 0; /* hart 0, were it cut to 32 bits */
	odd += hsm(STATUS, 1ull << 32, 0) >= 0;
	odd += hsm(SUSPEND, 0x7fffffff, 0) >= 0; /* reserved type */
	odd += hsm(4, 0, 0) >= 0;
	odd += attack_firmware(SBI_EXT_HSM, START, comm->cpu_count, comm->memory_gpa).error >= 0;
	probe_survived(odd);
	return 0;
}
