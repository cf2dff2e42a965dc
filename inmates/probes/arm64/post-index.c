// SPDX-License-Identifier: BSD-2-Clause
/* A trapped register by an access the hardware does not describe: post-indexed. It must end in a fault, never in emulation by guess. */
#include "gic.h"
#include "port.h"
#include "probe.h"

int main(void)
{
	u64 address = comm->gicd_gpa + GICD_TYPER;
	u32 value;

	probe_start("post-index");
	probe_control(mmio_read32(address) != 0);
	probe_attack(address);
	asm volatile(".globl attack\nattack: ldr %w0, [%1], #4" : "=r"(value), "+r"(address)::"memory");
	probe_survived(value);
	return 0;
}
