// SPDX-License-Identifier: BSD-2-Clause
/* Routes an interrupt of the root to the cell's second CPU: a refused route reads as zero, which would be its first. */
#include "gic-probe.h"

#define SECOND 1 /* its affinity as the cell sees it */

static u64 route_read(u64 intid)
{
	u64 value;

	asm volatile("ldr %0, [%1]" : "=r"(value) : "r"(comm->gicd_gpa + GICD_IROUTER + 8 * intid) : "memory");
	return value;
}

int main(void)
{
	probe_start("gic-route");
	mmio_write64(comm->gicd_gpa + GICD_IROUTER + 8 * TEST_INTID_FIRST, SECOND);
	probe_control(comm->cpu_count == 2 && route_read(TEST_INTID_FIRST) == SECOND);
	probe_attack(comm->gicd_gpa + GICD_IROUTER + 8 * ROOT_INTID);
	attack_write(comm->gicd_gpa + GICD_IROUTER + 8 * ROOT_INTID, SECOND);
	probe_survived(route_read(ROOT_INTID));
	return 0;
}
