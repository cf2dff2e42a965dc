// SPDX-License-Identifier: GPL-2.0-only
/* Restart policy and watchdog of one cell. */
#include "policy.h"

static bool wants_restart(const struct policy *p, const struct policy_tries *tries, const struct policy_sight *sight)
{
	if (p->restart == BLOB_RESTART_NEVER)
		return false;
	if (sight->state == CELL_FAILED)
		return true;
	if (sight->state == CELL_LOADED) /* by a monitor that was killed before it could start it */
		return tries->pending;
	/* Stopped without a cause: by the root. */
	if (p->restart != BLOB_RESTART_ALWAYS || sight->state != CELL_STOPPED)
		return false;
	/* Not every guest can switch off: a PC's that knows no ACPI shuts down by its reset port. */
	return (sight->cause == FAULT_RESET && !sight->agreed) || (sight->cause == FAULT_OFF && !sight->asked);
}

static bool hangs(const struct policy *p, struct policy_watch *watch, const struct policy_sight *sight)
{
	if (!p->watchdog_ms)
		return false;
	if (watch->armed && !sight->began && sight->heartbeat == watch->heartbeat)
		return sight->now >= watch->deadline;
	*watch =
		(struct policy_watch){ .armed = true, .heartbeat = sight->heartbeat, .deadline = sight->now + p->watchdog_ms * 1000000ull };
	return false;
}

enum policy_action policy_decide(const struct policy *p, struct policy_tries *tries, struct policy_watch *watch,
				 const struct policy_sight *sight)
{
	bool pending = tries->pending;

	if (sight->state == CELL_RUNNING) {
		tries->pending = false;
		if (hangs(p, watch, sight))
			return POLICY_HUNG;
		return pending ? POLICY_DONE : POLICY_NOTHING;
	}
	watch->armed = false;
	if (tries->given_up || !wants_restart(p, tries, sight))
		return POLICY_NOTHING;
	if (!tries->count || sight->now - tries->since >= POLICY_WINDOW_NS)
		*tries = (struct policy_tries){ .since = sight->now };
	if (tries->count >= p->limit) {
		tries->given_up = true;
		return POLICY_GIVE_UP;
	}
	tries->count++;
	tries->pending = true;
	return POLICY_RESTART;
}
