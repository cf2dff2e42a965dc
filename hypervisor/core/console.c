/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the hypervisor's log and the writing side of the cells' rings. The log goes to a ring; to the UART only in a panic: a character
 * takes a UART longer than a trap may. Lock: console, after mgmt.
 */
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

static struct console_ring *log_ring;
static struct ticket_lock log_lock;
static const struct uart_ops *uart;
static u64 uart_base;
static u32 uart_reg_shift;
static bool uart_too;

static const struct uart_ops *const uarts[] = {
#ifdef CONFIG_UART_PL011
	&uart_pl011,
#endif
#ifdef CONFIG_UART_8250
	&uart_8250,
#endif
#ifdef CONFIG_UART_8250_PIO
	&uart_8250_pio,
#endif
	NULL,
};

static void ring_write(struct console_ring *ring, const char *data, u32 count)
{
	u64 end = ring->total + count;

	while (count > 0) {
		u32 at = (u32)((end - count) % CONSOLE_RING_DATA);
		u32 piece = CONSOLE_RING_DATA - at < count ? CONSOLE_RING_DATA - at : count;

		memcpy(&ring->data[at], data, piece);
		data += piece;
		count -= piece;
	}
	/* Pairs with the reader's acquire: bytes before the count that covers them. */
	store_release(&ring->total, end);
}

void console_init(struct console_ring *ring)
{
	log_ring = ring;
}

void console_uart(u32 type, u64 base, u32 reg_shift)
{
	for (size_t i = 0; uarts[i]; i++)
		if (uarts[i]->type == type)
			uart = uarts[i];
	uart_base = base;
	uart_reg_shift = reg_shift;
}

void console_last_words(void)
{
	uart_too = true;
}

void log_line(const char *fmt, ...)
{
	char line[160] = "bulkhead: ";
	const int prefix = 10;
	va_list args;
	int length;

	va_start(args, fmt);
	length = prefix + format_list(line + prefix, sizeof(line) - 1 - (size_t)prefix, fmt, args);
	va_end(args);
	if (length > (int)sizeof(line) - 2)
		length = (int)sizeof(line) - 2;
	line[length] = '\n';

	ticket_lock(&log_lock);
	if (log_ring)
		ring_write(log_ring, line, (u32)length + 1);
	if (uart && uart_too) {
		uart->write(uart_base, uart_reg_shift, line, (u32)length);
		uart->write(uart_base, uart_reg_shift, "\r\n", 2);
	}
	ticket_unlock(&log_lock);
}

void console_cell_write(struct cell *cell, const char *data, u32 count)
{
	if (!(cell->flags & BLOB_CELL_CONSOLE))
		return;
	/* Shared by this cell's CPUs only. */
	ticket_lock(&cell->ring_lock);
	ring_write(arch_window(WINDOW_RING, (struct pa){ cell->pool_base }, 1), data, count);
	ticket_unlock(&cell->ring_lock);
}
