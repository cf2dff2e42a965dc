// SPDX-License-Identifier: BSD-2-Clause
/* Writes a region that is the cell's own but read-only: the target. */
#include "probe.h"

int main(void)
{
	u64 target;

	probe_start("read-only");
	target = probe_target(0x49000000, MAP_NORMAL);
	probe_control(*(volatile u64 *)(uintptr_t)target == 0);
	probe_attack(target);
	attack_write(target, PROBE_CANARY);
	probe_survived(0);
	return 0;
}
