// SPDX-License-Identifier: BSD-2-Clause
/* Ports by string instructions, whose memory side the hypervisor would have to do: must fault, never be done by guess. */
#include "probe.h"

int main(void)
{
	static u8 buffer[64];
	u8 *at = buffer;
	u64 cause = 0, count = sizeof(buffer);

	probe_start("port-string");
	probe_control(buffer[0] == 0);
	probe_attack(BOARD_CONSOLE_PORT);
	trap_expect(&cause);
	asm volatile(ATTACK_INSTRUCTION("rep insb") : "+D"(at), "+c"(count) : "d"(BOARD_CONSOLE_PORT) : "memory");
	trap_expect(NULL);
	probe_survived(expected_vector(cause));
	return 0;
}
