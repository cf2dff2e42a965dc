/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns the lock types of lock.h and the management lock. Order: see lock.h. */
#include <bulkhead/arch.h>
#include <bulkhead/lock.h>

static struct ticket_lock mgmt_ticket;

void ticket_lock(struct ticket_lock *l)
{
	u32 mine = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);

	/* Pairs with the release in ticket_unlock(). */
	while (load_acquire(&l->serving) != mine)
		arch_cpu_relax();
}

void ticket_unlock(struct ticket_lock *l)
{
	store_release(&l->serving, l->serving + 1);
}

struct mgmt mgmt_lock(void)
{
	ticket_lock(&mgmt_ticket);
	return (struct mgmt){ .held = 1 };
}

bool mgmt_trylock(struct mgmt *m)
{
	u32 serving = load_acquire(&mgmt_ticket.serving);

	m->held = atomic_cas32(&mgmt_ticket.next, serving, serving + 1);
	return m->held;
}

void mgmt_unlock(struct mgmt m)
{
	if (m.held)
		ticket_unlock(&mgmt_ticket);
}
