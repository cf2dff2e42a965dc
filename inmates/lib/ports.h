/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the ports and what they share: start.c, trap.c. Each port.h includes it. */
#ifndef INMATE_PORTS_H
#define INMATE_PORTS_H

#include "inmate.h"

extern u64 port_start_residue; /* registers at entry but those of the argument, or-ed: 0 */

/* Where start.S ends up, with a stack and translation on: the first CPU, the others. */
void port_main(u64 argument);
void port_main_secondary(void);

void port_uart_putc(u64 base, char c);

/* Is an exception expected on this CPU? This is it: whoever expected it gets the syndrome. */
bool trap_expects(void);
void trap_expected(u64 syndrome);
/* The stack trap_guard() goes back to by trap_guard_out; 0: it does not run on this CPU. */
u64 trap_guarded(void);
void trap_guard_set(u64 stack);
void trap_guard_out(void);

#endif
