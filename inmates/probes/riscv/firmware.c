// SPDX-License-Identifier: BSD-2-Clause
/* Calls of the firmware that no cell may make: each must come back as unknown and be said not to exist. */
#include "port.h"
#include "probe.h"

#define PROBE_EXTENSION 3

static const u64 extensions[] = { SBI_EXT_PMU,
				  SBI_EXT_SUSP,
				  0x43505043 /* CPPC */,
				  0x4e41434c /* NACL */,
				  0x535441 /* STA: would write memory */,
				  0x46574654 /* FWFT */,
				  0x44425452 /* DBTR */,
				  0x4d505859 /* MPXY */,
				  0x535345 /* SSE */,
				  1,
				  2,
				  3,
				  4,
				  5,
				  6,
				  7,
				  8 /* legacy */,
				  0x08000000,
				  0x08ffffff,
				  0x09000000 /* vendor */,
				  0x0a000000 /* firmware */,
				  ~0ull,
				  0xffffffff };

int main(void)
{
	u64 odd = 0;

	probe_start("firmware");
	probe_control(sbi_call(SBI_EXT_BASE, PROBE_EXTENSION, SBI_EXT_HSM, 0, 0, 0, 0).value != 0);
	probe_attack(extensions[0]);
	for (u32 i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
		for (u64 function = 0; function < 16; function++)
			odd += sbi_call(extensions[i], function, comm->memory_gpa, 0, 0, 0, 0).error != SBI_NOT_SUPPORTED;
		odd += sbi_call(SBI_EXT_BASE, PROBE_EXTENSION, extensions[i], 0, 0, 0, 0).value != 0;
	}
	odd += sbi_call(SBI_EXT_BASE, 99, 0, 0, 0, 0, 0).error != SBI_NOT_SUPPORTED;
	odd += attack_firmware(SBI_EXT_SUSP, 0, 0, comm->memory_gpa).error != SBI_NOT_SUPPORTED;
	probe_survived(odd);
	return 0;
}
