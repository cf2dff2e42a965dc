// SPDX-License-Identifier: BSD-2-Clause
/* Remote fences of CPUs that are not the cell's, and those of the hypervisor level for whomever. */
#include "masks.h"
#include "probe.h"

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
