// SPDX-License-Identifier: BSD-2-Clause
/* Routes an interrupt of the root to a CPU of the cell. */
#include "gic-probe.h"

static u64 route_read(u64 intid)
{
	u64 value;

	asm volatile("ldr %0, [%1]" : "=r"(value) : "r"(comm->gicd_gpa + GICD_IROUTER + 8 * intid) : "memory");
	return value;
}

int main(void)
{
	probe_start("gic-route");
	mmio_write64(comm->gicd_gpa + GICD_IROUTER + 8 * TEST_INTID_FIRST, 0);
	probe_control(route_read(TEST_INTID_FIRST) == 0);
	probe_attack(comm->gicd_gpa + GICD_IROUTER + 8 * ROOT_INTID);
	attack_write(comm->gicd_gpa + GICD_IROUTER + 8 * ROOT_INTID, 0); /* its own first CPU */
	probe_survived(route_read(ROOT_INTID));
	return 0;
}
