/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages through a shared window, as an example: a ring for each pair of members and each direction, one producer, one consumer. Plain
 * C, for guests and for programs of the root alike; a window must have 38 KiB: RING_SPACE and the header page.
 *
 * The producer writes a slot, then `head`; the consumer reads the slot, then writes `tail`. Each is the only writer of its word, both
 * count up and wrap. Nobody trusts the other: indices that make no sense are RING_BROKEN, a length is cut. Neither end has a state of its
 * own, so either can start again at any time: what stood in the ring is still there.
 *
 * Who waits is rung: the consumer by each ring_put(), the producer by the ring_get() that made room in a full ring, see ring_was_full().
 */
#ifndef INMATE_RING_H
#define INMATE_RING_H

#include <stdbool.h>
#include <stdint.h>

#include <bulkhead/abi/window.h>

#define RING_SLOTS 32 /* a power of two */
#define RING_BYTES 60 /* of a message, at most */

#define RING_FULL (-1)
#define RING_EMPTY (-2)
#define RING_BROKEN (-3)

struct ring {
	uint32_t head; /* messages put; the producer's, alone in its cache line */
	uint32_t unused[15];
	uint32_t tail; /* messages taken; the consumer's, likewise */
	uint32_t unused2[15];
	struct {
		uint32_t length;
		uint8_t bytes[RING_BYTES];
	} slot[RING_SLOTS];
};

#define RING_SPACE (WINDOW_MEMBERS * WINDOW_MEMBERS * sizeof(struct ring))

/* data: the window behind its header page. */
static inline struct ring *ring_between(void *data, uint32_t from, uint32_t to)
{
	return (struct ring *)data + from * WINDOW_MEMBERS + to;
}

/* 0, RING_FULL, RING_BROKEN. Then ring the consumer. */
static inline int ring_put(struct ring *r, const void *message, uint32_t length)
{
	uint32_t head = __atomic_load_n(&r->head, __ATOMIC_RELAXED);
	uint32_t tail = __atomic_load_n(&r->tail, __ATOMIC_ACQUIRE); /* the consumer has read the slot */

	if (head - tail > RING_SLOTS)
		return RING_BROKEN;
	if (head - tail == RING_SLOTS) {
		__atomic_thread_fence(__ATOMIC_SEQ_CST); /* with ring_was_full(): it sees this full ring, or we its new tail */
		if (__atomic_load_n(&r->tail, __ATOMIC_ACQUIRE) == tail)
			return RING_FULL;
	}
	length = length < RING_BYTES ? length : RING_BYTES;
	for (uint32_t i = 0; i < length; i++)
		r->slot[head % RING_SLOTS].bytes[i] = ((const uint8_t *)message)[i];
	r->slot[head % RING_SLOTS].length = length;
	__atomic_store_n(&r->head, head + 1, __ATOMIC_RELEASE); /* the slot before the count that covers it */
	return 0;
}

/* Length of the message, or RING_EMPTY, RING_BROKEN. message: RING_BYTES. */
static inline int ring_get(struct ring *r, void *message)
{
	uint32_t tail = __atomic_load_n(&r->tail, __ATOMIC_RELAXED);
	uint32_t head = __atomic_load_n(&r->head, __ATOMIC_ACQUIRE); /* the slot is written */
	uint32_t length;

	if (head == tail)
		return RING_EMPTY;
	if (head - tail > RING_SLOTS)
		return RING_BROKEN;
	length = __atomic_load_n(&r->slot[tail % RING_SLOTS].length, __ATOMIC_RELAXED); /* once: it is the other's */
	length = length < RING_BYTES ? length : RING_BYTES;
	for (uint32_t i = 0; i < length; i++)
		((uint8_t *)message)[i] = r->slot[tail % RING_SLOTS].bytes[i];
	__atomic_store_n(&r->tail, tail + 1, __ATOMIC_RELEASE); /* the slot is read */
	return (int)length;
}

/* After a ring_get(): the producer may wait for the room it made. */
static inline bool ring_was_full(const struct ring *r)
{
	uint32_t tail = __atomic_load_n(&r->tail, __ATOMIC_RELAXED);

	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* with ring_put() */
	return __atomic_load_n(&r->head, __ATOMIC_RELAXED) - tail == RING_SLOTS - 1;
}

#endif
