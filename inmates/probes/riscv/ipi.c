// SPDX-License-Identifier: BSD-2-Clause
/* Firmware interrupts to CPUs that are not the cell's. */
#include "aia.h"
#include "masks.h"
#include "probe.h"

static volatile u32 taken;

static void take(u32 identity)
{
	(void)identity;
	taken++;
}

int main(void)
{
	u64 odd;

	probe_start("ipi");
	irq_init();
	irq_handle(0, take);
	irqs_enable();
	sbi_call(SBI_EXT_IPI, 0, 1, 0, 0, 0, 0);
	spin(counter_hz() / 100);
	probe_control(taken == 1);
	probe_attack(SBI_EXT_IPI);
	odd = masks_odd(SBI_EXT_IPI, 0, true);
	odd += attack_firmware(SBI_EXT_IPI, 0, 1ull << comm->cpu_count, 0).error >= 0;
	probe_survived(odd);
	return 0;
}
