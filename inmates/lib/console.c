// SPDX-License-Identifier: BSD-2-Clause
/* Formatted output to all the cell has: the console ring (24 bytes a hypercall) and the UART named in the comm page. Single user. */
#include "inmate.h"
#include "port.h"

#define LINE_MAX 256

static void ring_write(const char *text, size_t length)
{
	while (length > 0) {
		size_t count = length < 24 ? length : 24;
		u64 words[3] = { 0, 0, 0 };

		memcpy(words, text, count);
		hypercall(HC_CONSOLE_WRITE, count, words[0], words[1], words[2]);
		text += count;
		length -= count;
	}
}

static void uart_write(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\n')
			port_uart_putc(comm->uart_gpa, '\r');
		port_uart_putc(comm->uart_gpa, text[i]);
	}
}

void print(const char *fmt, ...)
{
	char line[LINE_MAX];
	va_list args;
	size_t length;

	va_start(args, fmt);
	format_list(line, sizeof(line), fmt, args);
	va_end(args);
	length = strlen(line);
	if (comm == NULL)
		return;
	if (comm->flags & BLOB_CELL_CONSOLE)
		ring_write(line, length);
	if (comm->uart_gpa != 0 && comm->uart_type == PORT_UART_TYPE)
		uart_write(line, length);
}
