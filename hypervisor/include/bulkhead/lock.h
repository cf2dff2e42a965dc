/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Locks and the only atomics. Order, outermost first: mgmt > window > console > register words (arch). Nobody waits for another CPU
 * while holding one: waiting is done by the driver calling again (-EAGAIN).
 */
#ifndef BULKHEAD_LOCK_H
#define BULKHEAD_LOCK_H

#include <bulkhead/types.h>

struct ticket_lock {
	u32 next;
	u32 serving;
};

/* Holding the management lock is a value: functions that change ownership or a cell's state take one. */
struct mgmt {
	u32 held;
};

void ticket_lock(struct ticket_lock *l);
void ticket_unlock(struct ticket_lock *l);

struct mgmt mgmt_lock(void);
bool mgmt_trylock(struct mgmt *m);
void mgmt_unlock(struct mgmt m);

/* A word that says all by itself. */
#define load_relaxed(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define store_relaxed(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)
/* Pairs: what was stored before store_release() is seen after the load_acquire() that reads its value. */
#define load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define atomic_or(p, v) __atomic_fetch_or((p), (v), __ATOMIC_ACQ_REL)
#define atomic_and(p, v) __atomic_fetch_and((p), (v), __ATOMIC_ACQ_REL)
#define atomic_swap(p, v) __atomic_exchange_n((p), (v), __ATOMIC_ACQ_REL)

static inline bool atomic_cas32(u32 *p, u32 old, u32 new)
{
	return __atomic_compare_exchange_n(p, &old, new, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

#endif
