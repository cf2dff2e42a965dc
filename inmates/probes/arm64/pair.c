// SPDX-License-Identifier: BSD-2-Clause
/* A trapped register by a load of two registers: the hardware does not describe it. */
#include "gic.h"
#include "port.h"
#include "probe.h"

int main(void)
{
	u64 address = comm->gicd_gpa + GICD_ISENABLER + 8;
	u32 a, b;

	probe_start("pair");
	probe_control(mmio_read32(comm->gicd_gpa + GICD_TYPER) != 0);
	probe_attack(address);
	asm volatile(".globl attack\nattack: ldp %w0, %w1, [%2]" : "=&r"(a), "=&r"(b) : "r"(address) : "memory");
	probe_survived(a);
	return 0;
}
