// SPDX-License-Identifier: BSD-2-Clause
/* Reads memory that is not the cell's: nobody's, or the target the test names. */
#include "probe.h"

int main(void)
{
	static volatile u64 own = PROBE_CANARY;
	u64 target;

	probe_start("read");
	target = probe_target(comm->memory_gpa + comm->memory_size + 0x1000000, MAP_NORMAL);
	probe_control(own == PROBE_CANARY);
	probe_attack(target);
	probe_survived(attack_read(target));
	return 0;
}
