// SPDX-License-Identifier: BSD-2-Clause
/* Runs code in a region that is the cell's own but for data: the target, written first. */
#include "probe.h"
#include "port.h"

#define RET 0xd65f03c0u

static void code_put(u64 address)
{
	mmio_write32(address, RET);
	asm volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb" ::"r"(address) : "memory");
}

int main(void)
{
	static u32 own[16] __attribute__((aligned(64)));
	u64 target;

	probe_start("no-execute");
	target = probe_target(0x48000000, MAP_NORMAL);
	code_put((u64)(uintptr_t)own);
	((void (*)(void))(uintptr_t)own)();
	code_put(target);
	probe_control(mmio_read32(target) == RET);
	probe_attack(target);
	attack_call(target);
	probe_survived(0);
	return 0;
}
