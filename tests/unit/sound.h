/* SPDX-License-Identifier: GPL-2.0-only */
/* What holds after every test of a whole system on the fake architecture. */
#ifndef SOUND_H
#define SOUND_H

#include "unit.h"

#include "fake/world.h"

static inline void assert_sound(void)
{
	assert_true(ledger_invariant(&ledger));
	if (fake_panicked())
		fail_msg("%s", fake.log);
	if (order_violation() != NULL)
		fail_msg("memory order: %s", order_violation());
}

#endif
