// SPDX-License-Identifier: GPL-2.0-only
/* `cellctl help states`: the table of abi/hypercall.h, which is the hypervisor's. */
#include "verbs.h"

#include "output.h"

#define NAME(verb, name, ...) name,

u32 state_after(enum cell_verb verb, u32 state)
{
	static const u8 next[CELL_VERB_COUNT][CELL_STATES] = { CELL_VERBS(CELL_VERB_ROW) };

	return state < CELL_STATES ? next[verb][state] : CELL_FREE;
}

enum exit_code verb_states(void)
{
	static const char *const names[CELL_VERB_COUNT] = { CELL_VERBS(NAME) };
	static const u8 owner[CELL_VERB_COUNT] = { CELL_VERBS(CELL_VERB_OWNER) };

	output_table_begin("states", NULL);
	for (u32 v = 0; v < CELL_VERB_COUNT; v++) {
		output_row();
		output_string("verb", "VERB", names[v]);
		output_string("locked", "locked", owner[v] ? "refused" : "allowed");
		for (u32 s = CELL_FREE; s < CELL_DESTROYED; s++) {
			const char *state = s ? live_state(s) : "none";
			u32 to = state_after((enum cell_verb)v, s);

			output_string(state, s ? state : "no cell", to ? live_state(to) : "refused");
		}
	}
	output_table_end();
	return EXIT_DONE;
}
