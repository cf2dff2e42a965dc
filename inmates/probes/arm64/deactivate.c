// SPDX-License-Identifier: BSD-2-Clause
/*
 * Deactivates interrupts of the root by ICC_DIR_EL1, which works with EOImode 1 only and on any interrupt. What it does to another
 * owner's cannot be seen from here; that it does nothing to one of its own can.
 */
#include "gic-probe.h"

int main(void)
{
	u64 own = comm->gicd_gpa + GICD_ISACTIVER + TEST_INTID_FIRST / 32 * 4;
	u32 bit = 1u << (TEST_INTID_FIRST % 32);

	probe_start("deactivate");
	irq_init();
	sysreg_write(s3_0_c12_c12_4, 2); /* ICC_CTLR_EL1: EOImode 1 */
	mmio_write32(own, bit);
	probe_control((mmio_read32(own) & bit) != 0);
	probe_attack(ROOT_INTID);
	asm volatile(".globl attack\nattack: msr s3_0_c12_c11_1, %0; isb" ::"r"((u64)ROOT_INTID));
	sysreg_write(s3_0_c12_c11_1, TEST_INTID_FIRST);
	probe_survived((mmio_read32(own) & bit) != 0);
	return 0;
}
