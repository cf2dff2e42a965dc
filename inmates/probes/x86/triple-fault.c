// SPDX-License-Identifier: BSD-2-Clause
/* An exception without a table of handlers, which resets a PC: it may only end the cell. */
#include "probe.h"

int main(void)
{
	struct __attribute__((packed)) {
		u16 limit;
		u64 base;
	} none = { 0, 0 };
	u64 cause = 0;

	probe_start("triple-fault");
	trap_expect(&cause);
	asm volatile("1: ud2\n2:\n" EXPECT_TABLE);
	trap_expect(NULL);
	probe_control(expected_vector(cause) == VECTOR_UD);
	probe_attack(0);
	asm volatile("lidt %0\n.globl attack\nattack: ud2" ::"m"(none));
	probe_survived(0);
	return 0;
}
