// SPDX-License-Identifier: BSD-2-Clause
/* Remote fences of CPUs that are not the cell's, and those of the hypervisor level for whomever. */
#include "port.h"
#include "probe.h"

/* Masks that name a CPU which is not the cell's, alone or beside its own. */
static u64 masks_odd(u64 extension, u64 function, bool allowed)
{
	u64 own = (1ull << comm->cpu_count) - 1, odd = 0;

	for (u64 hart = comm->cpu_count; hart < 16; hart++) {
		odd += sbi_call(extension, function, 1ull << hart, 0, 0, 4096, 0).error >= 0;
		odd += sbi_call(extension, function, 1, hart, 0, 4096, 0).error >= 0;
		odd += sbi_call(extension, function, 1ull << hart | own, 0, 0, 4096, 0).error >= 0;
	}
	odd += sbi_call(extension, function, 1, 1ull << 32, 0, 4096, 0).error >= 0;
	odd += sbi_call(extension, function, 2, ~0ull - 1, 0, 4096, 0).error >= 0; /* the last number there is */
	/* "All" are the cell's own. */
	odd += (sbi_call(extension, function, 0, ~0ull, 0, 4096, 0).error == SBI_OK) != allowed;
	return odd;
}

int main(void)
{
	u64 odd = 0;

	probe_start("fence");
	probe_control(sbi_call(SBI_EXT_RFENCE, 1, 1, 0, 0, ~0ull, 0).error == SBI_OK);
	probe_attack(SBI_EXT_RFENCE);
	for (u64 function = 0; function < 3; function++) /* fence.i, sfence.vma, with ASID */
		odd += masks_odd(SBI_EXT_RFENCE, function, true);
	for (u64 function = 3; function < 8; function++) /* hfence.gvma, hfence.vvma */
		odd += masks_odd(SBI_EXT_RFENCE, function, false);
	odd += attack_firmware(SBI_EXT_RFENCE, 0, 1ull << comm->cpu_count, 0).error >= 0;
	probe_survived(odd);
	return 0;
}
