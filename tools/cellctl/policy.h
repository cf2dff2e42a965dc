/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * policy.c: what `cellctl monitor` does about a cell, as a function of what it sees. Knows no clock, driver or file.
 * Times are nanoseconds of one clock.
 */
#ifndef CELLCTL_POLICY_H
#define CELLCTL_POLICY_H

#include <stdbool.h>

#include <bulkhead/abi/blob.h>
#include <bulkhead/abi/hypercall.h>
#include <bulkhead/types.h>

#define POLICY_WINDOW_NS 60000000000ull /* restart-limit is for this time, from the first restart on */

struct policy {      /* of the cell's file */
	u32 restart; /* enum blob_restart */
	u32 limit;
	u32 watchdog_ms; /* 0: none */
};

struct policy_tries { /* what must outlive the monitor */
	u64 since;
	u32 count;     /* restarts since then */
	bool given_up; /* until somebody starts the cell by hand */
	bool pending;  /* a restart was begun: what was loaded so far may be half of it */
};

struct policy_watch { /* the heartbeat, last seen to move */
	bool armed;
	u64 heartbeat;
	u64 deadline;
};

struct policy_sight {
	u64 now;
	u32 state; /* enum cell_state */
	u32 cause; /* enum fault_cause */
	u64 heartbeat;
	bool asked;  /* to shut down, since it was started */
	bool agreed; /* and the guest answered that it does */
	bool began;  /* it was started or resumed since the last look */
};

enum policy_action {
	POLICY_NOTHING,
	POLICY_HUNG,    /* it is to be stopped as failed */
	POLICY_RESTART, /* counted in tries already, and pending */
	POLICY_GIVE_UP, /* given_up was set */
	POLICY_DONE,    /* it runs: pending was cleared */
};

enum policy_action policy_decide(const struct policy *p, struct policy_tries *tries, struct policy_watch *watch,
				 const struct policy_sight *sight);
#endif
