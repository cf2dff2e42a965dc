// SPDX-License-Identifier: BSD-2-Clause
/* A register of which the cell may change some bits only: writes all. */
#include "probe.h"

#define ALL_CHANGED 0xaaaaaaaau

int main(void)
{
	u64 target;

	probe_start("register-mask");
	target = probe_target(0, MAP_DEVICE);
	probe_control(mmio_read32(target) != 0);
	probe_attack(target);
	attack_write32(target, ALL_CHANGED);
	probe_survived(mmio_read32(target));
	return 0;
}
