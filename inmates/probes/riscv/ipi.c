// SPDX-License-Identifier: BSD-2-Clause
/* Firmware interrupts to CPUs that are not the cell's. */
#include "aia.h"
#include "probe.h"

static volatile u32 taken;

static void take(u32 identity)
{
	(void)identity;
	taken++;
}

/* Masks that name a CPU which is not the cell's, alone or beside its own. */
static u64 masks_odd(u64 extension, u64 function, bool allowed)
{
	u64 own = (1ull << comm->cpu_count) - 1, odd = 0;

	for (u64 hart = comm->cpu_count; hart < 16; hart++) {
		odd += sbi_call(extension, function, 1ull << hart, 0, 0, 4096, 0).error >= 0;
		odd += sbi_call(extension, function, 1, hart, 0, 4096, 0).error >= 0;
		odd += sbi_call(extension, function, 1ull << hart | own, 0, 0, 4096, 0).error >= 0;
	}
	odd += sbi_call(extension, function, 1, 1ull << 32, 0, 4096, 0).error >= 0;
	odd += sbi_call(extension, function, 2, ~0ull - 1, 0, 4096, 0).error >= 0; /* the last number there is */
	/* "All" are the cell's own. */
	odd += (sbi_call(extension, function, 0, ~0ull, 0, 4096, 0).error == SBI_OK) != allowed;
	return odd;
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
