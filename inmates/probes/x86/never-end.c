// SPDX-License-Identifier: BSD-2-Clause
/* Faults for ever: what it pushes for an exception is what its debug registers watch, so that delivering one raises the next. */
#include "probe.h"

#define WATCH_WRITE_8 0x90002ull /* DR7: breakpoint 0, global, 8 bytes, written */

static u8 watched[4096] __attribute__((aligned(4096)));

int main(void)
{
	u64 cause = 0, top = (u64)(uintptr_t)watched + sizeof(watched) - 64;

	probe_start("never-end");
	trap_expect(&cause);
	asm volatile("1: ud2\n2:\n" EXPECT_TABLE);
	trap_expect(NULL);
	probe_control(expected_vector(cause) == VECTOR_UD);
	probe_attack(top);
	print("probe: done\n");
	irqs_disable();
	asm volatile("movq %0, %%dr0\nmovq %1, %%dr7\nmovq %2, %%rsp\n.globl attack\nattack: ud2" ::"r"(top - 8), "r"(WATCH_WRITE_8),
		     "r"(top));
	return 0;
}
