// SPDX-License-Identifier: BSD-2-Clause
/* Writes memory that is not the cell's: nobody's, or the target the test names. */
#include "probe.h"

int main(void)
{
	static volatile u64 own;
	u64 target;

	probe_start("write");
	target = probe_target(comm->memory_gpa + comm->memory_size + 0x1000000, MAP_NORMAL);
	own = PROBE_CANARY;
	probe_control(own == PROBE_CANARY);
	probe_attack(target);
	attack_write(target, PROBE_CANARY);
	probe_survived(0);
	return 0;
}
