// SPDX-License-Identifier: BSD-2-Clause
/* Lets the walker of the cell's own MMU read its tables from memory that is not the cell's: the target, as a table. */
#include "probe.h"

#define WINDOW 0x1000000000ull /* far from all the cell maps */

int main(void)
{
	static u64 own[512] __attribute__((aligned(4096)));
	u64 target;

	probe_start("table-walk");
	target = probe_target(comm->memory_gpa + comm->memory_size + 0x1000000, MAP_NORMAL) & ~0xfffull;
	own[0] = ((u64)(uintptr_t)own & ~0x1fffffull) | 0x83; /* 2 MiB around this image */
	port_table_put(WINDOW, (u64)(uintptr_t)own);
	probe_control(*(volatile u64 *)(uintptr_t)(WINDOW + ((u64)(uintptr_t)own & 0x1fffff)) == own[0]);
	probe_attack(target);
	port_table_put(WINDOW, target);
	probe_survived(attack_read(WINDOW));
	return 0;
}
