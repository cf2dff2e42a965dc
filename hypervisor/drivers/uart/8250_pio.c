/* SPDX-License-Identifier: GPL-2.0-only */
/* A PC's 16550 at I/O ports, output only and polled: the root keeps its driver on it, so nothing but THR is written. */
#include <asm/x86.h>
#include <bulkhead/runtime.h>

#define UART_THR 0
#define UART_LSR 5
#define UART_LSR_THRE 0x20

static void uart_8250_pio_write(u64 base, u32 reg_shift, const char *data, u32 count)
{
	const u16 port = (u16)base;

	(void)reg_shift; /* ports are a byte apart */
	for (; count > 0; count--) {
		/* Bounded: a UART whose clock the root stopped must not stop the hypervisor. */
		for (u32 i = 0; i < 1000 && !(port_read(port + UART_LSR, 1) & UART_LSR_THRE); i++)
			;
		port_write8(port + UART_THR, (u8)*data++);
	}
}

const struct uart_ops uart_8250_pio = { .type = BLOB_UART_8250_PIO, .write = uart_8250_pio_write };
