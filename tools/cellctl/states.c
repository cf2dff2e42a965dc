// SPDX-License-Identifier: GPL-2.0-only
/* `cellctl help states`. The table is that of hypervisor/core/cell.c, word for word; tests/unit/cellctl-states.t compares them. */
#include "verbs.h"

#include "output.h"

enum verb { VERB_LOAD, VERB_START, VERB_STOP, VERB_DESTROY, VERB_FAIL, VERB_HALT, VERBS };

/* New state by verb and state; 0: refused. Create leads from CELL_FREE to CELL_CREATED. */
static const u8 next_state[VERBS][CELL_STATES] = {
	[VERB_LOAD] = { [CELL_CREATED] = CELL_LOADED,
			[CELL_LOADED] = CELL_LOADED,
			[CELL_STOPPED] = CELL_LOADED,
			[CELL_FAILED] = CELL_LOADED },
	[VERB_START] = { [CELL_LOADED] = CELL_RUNNING, [CELL_STOPPED] = CELL_RUNNING },
	[VERB_STOP] = { [CELL_RUNNING] = CELL_STOPPED, [CELL_STOPPED] = CELL_STOPPED, [CELL_FAILED] = CELL_FAILED },
	[VERB_DESTROY] = { [CELL_CREATED] = CELL_DESTROYED,
			   [CELL_LOADED] = CELL_DESTROYED,
			   [CELL_STOPPED] = CELL_DESTROYED,
			   [CELL_FAILED] = CELL_DESTROYED },
	[VERB_FAIL] = { [CELL_RUNNING] = CELL_FAILED },
	[VERB_HALT] = { [CELL_RUNNING] = CELL_STOPPED },
};

enum exit_code verb_states(void)
{
	static const char *const names[VERBS] = { "load", "start", "stop", "destroy", "(the guest faults)", "(the guest switches off)" };

	output_table_begin("states", NULL);
	output_row();
	output_string("verb", "VERB", "create");
	output_string("none", "no cell", "created");
	for (u32 s = CELL_CREATED; s < CELL_DESTROYED; s++)
		if (s != CELL_SUSPENDED)
			output_string(live_state(s), live_state(s), "refused");
	for (u32 v = 0; v < VERBS; v++) {
		output_row();
		output_string("verb", "VERB", names[v]);
		output_string("none", "no cell", "-");
		for (u32 s = CELL_CREATED; s < CELL_DESTROYED; s++) {
			const char *to = next_state[v][s] ? live_state(next_state[v][s]) : "refused";

			/* A running cell is stopped on the way. */
			if (s != CELL_SUSPENDED)
				output_string(live_state(s), live_state(s), v == VERB_DESTROY && s == CELL_RUNNING ? "destroyed" : to);
		}
	}
	output_table_end();
	return EXIT_DONE;
}
