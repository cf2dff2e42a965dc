/* SPDX-License-Identifier: BSD-2-Clause */
/* Console rings: written by the hypervisor, read by the root through read-only mappings, no exits to read. */
#ifndef BULKHEAD_ABI_CONSOLE_H
#define BULKHEAD_ABI_CONSOLE_H

#include <stdint.h>

#define CONSOLE_RING_SIZE 4096
#define CONSOLE_RING_DATA 4080

/*
 * One page. total counts all bytes ever written; byte n (0-based) is at data[n % CONSOLE_RING_DATA] while
 * n >= total - CONSOLE_RING_DATA. The writer fills data, then stores total with release order; a reader loads total with
 * acquire order, copies, and loads it again to learn how much was overwritten meanwhile.
 */
struct console_ring {
	uint64_t total;
	uint64_t reserved;
	char data[CONSOLE_RING_DATA];
};

_Static_assert(sizeof(struct console_ring) == CONSOLE_RING_SIZE, "ABI");

#endif
