/* SPDX-License-Identifier: GPL-2.0-only */
/* 16550 and its kin, output only and polled: the root keeps its driver on it, so nothing but THR is written. */
#include <bulkhead/runtime.h>

#define UART_THR 0
#define UART_LSR 5
#define UART_LSR_THRE 0x20

static void uart_8250_write(u64 base, u32 reg_shift, const char *data, u32 count)
{
	const u64 status = base + ((u64)UART_LSR << reg_shift);

	for (; count > 0; count--) {
		/* Bounded: a UART whose clock the root stopped must not stop the hypervisor. */
		for (u32 i = 0; i < 1000 && !(mmio_read8(status) & UART_LSR_THRE); i++)
			;
		mmio_write8(base + ((u64)UART_THR << reg_shift), (u8)*data++);
	}
}

const struct uart_ops uart_8250 = { .type = BLOB_UART_8250, .write = uart_8250_write };
