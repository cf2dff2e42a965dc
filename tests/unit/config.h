/* SPDX-License-Identifier: GPL-2.0-only */
/* What the unit tests' hypervisor contains, whatever board is configured. */
#define CONFIG_UART_PL011 1
