// SPDX-License-Identifier: BSD-2-Clause
/* Runs code in a region that is the cell's own but for data: the target, written first. */
#include "probe.h"

static void code_put(u64 address)
{
	mmio_write32(address, ATTACK_RETURN);
	attack_code_sync(address);
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
	probe_control(mmio_read32(target) == ATTACK_RETURN);
	probe_attack(target);
	attack_call(target);
	probe_survived(0);
	return 0;
}
