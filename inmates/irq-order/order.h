/* SPDX-License-Identifier: BSD-2-Clause */
/* Between irq-order.c and the interrupts of an architecture, below irq-order/<arch>/. */
#ifndef ORDER_H
#define ORDER_H

#include "inmate.h"

#define COUNT 16

/* Other ranks for each round, or another order to make them pending in; interrupts are masked. */
void order_set(u32 round);
/* All of them, while none is taken. */
void order_pend(u32 round);
bool order_all_pending(void);
u32 order_number(u32 i); /* of irq_handle() */
u32 order_rank(u32 i);   /* those of a lower one are taken first */

#endif
