/* SPDX-License-Identifier: GPL-2.0-only */
/* Arm PL011 (DDI 0183), output only and polled: the root keeps its driver on it, so nothing but DR is written. */
#include <bulkhead/runtime.h>

#define PL011_DR 0x00
#define PL011_FR 0x18
#define PL011_FR_TXFF 0x20

static void pl011_write(u64 base, u32 reg_shift, const char *data, u32 count)
{
	for (; count > 0; count--) {
		/* Bounded: a UART whose clock the root stopped must not stop the hypervisor. */
		for (u32 i = 0; i < 1000 && (mmio_read32(base + PL011_FR) & PL011_FR_TXFF); i++)
			;
		mmio_write32(base + PL011_DR, (u8)*data++);
	}
}

const struct uart_ops uart_pl011 = { .type = BLOB_UART_PL011, .write = pl011_write };
