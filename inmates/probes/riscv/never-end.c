// SPDX-License-Identifier: BSD-2-Clause
/* Traps for ever: its vector points at what cannot be fetched, so that it never runs an instruction again. */
#include "port.h"
#include "probe.h"

int main(void)
{
	u64 cause = 0;

	probe_start("never-end");
	trap_expect(&cause);
	asm volatile(".option push\n.option norvc\nebreak\n.option pop");
	trap_expect(NULL);
	probe_control(cause == 3);
	probe_attack(0);
	print("probe: done\n");
	csr_write(stvec, 0x3000000000ull); /* its own tables have nothing there */
	asm volatile(".globl attack\nattack: ebreak");
	return 0;
}
