// SPDX-License-Identifier: BSD-2-Clause
/* The extension's other instructions, which reach state of the hypervisor: counts those that did anything. */
#include "probe.h"

#define TRY(text)                                                                               \
	do {                                                                                    \
		cause = 0;                                                                      \
		trap_expect(&cause);                                                            \
		asm volatile("1: " text "\n2:\n" EXPECT_TABLE ::"a"(block), "c"(0) : "memory"); \
		trap_expect(NULL);                                                              \
		odd += expected_vector(cause) != VECTOR_UD;                                     \
	} while (0)

int main(void)
{
	static u8 block[4096] __attribute__((aligned(4096)));
	u64 cause, odd = 0;

	probe_start("svm-instructions");
	cause = 0;
	trap_expect(&cause);
	asm volatile("1: ud2\n2:\n" EXPECT_TABLE);
	trap_expect(NULL);
	probe_control(expected_vector(cause) == VECTOR_UD);
	probe_attack(0);
	TRY("vmload");
	TRY("vmsave");
	TRY("stgi");
	TRY("invlpga");
	cause = 0;
	trap_expect(&cause);
	asm volatile(ATTACK_INSTRUCTION("clgi")::: "memory");
	trap_expect(NULL);
	odd += expected_vector(cause) != VECTOR_UD;
	probe_survived(odd);
	return 0;
}
