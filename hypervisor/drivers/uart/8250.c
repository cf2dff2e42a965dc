/* SPDX-License-Identifier: GPL-2.0-only */
/* 16550 and its kin, output only and polled: the root keeps its driver on it, so nothing but THR is written. */
#include <bulkhead/runtime.h>

#define UART_THR 0
#define UART_LSR 5
#define UART_LSR_THRE 0x20

static void uart_8250_putc(u64 base, u32 reg_shift, char c)
{
	/* Bounded: a UART whose clock the root stopped must not stop the hypervisor. */
	for (u32 i = 0; i < 1000 && !(mmio_read8(base + ((u64)UART_LSR << reg_shift)) & UART_LSR_THRE); i++)
		;
	mmio_write8(base + ((u64)UART_THR << reg_shift), (u8)c);
}

const struct uart_ops uart_8250 = { .type = BLOB_UART_8250, .putc = uart_8250_putc };
