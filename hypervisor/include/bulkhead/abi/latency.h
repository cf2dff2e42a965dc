/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Latency histogram, log-linear: 16 sub-buckets per octave. Value v < 16 is bucket v; else with e = floor(log2 v),
 * bucket = 16 * (e - 3) + ((v >> (e - 4)) & 15). min, max, count and sum are exact.
 */
#ifndef BULKHEAD_ABI_LATENCY_H
#define BULKHEAD_ABI_LATENCY_H

#include <stdint.h>

#define LATENCY_MAGIC 0x54414c4bu /* "KLAT" */
#define LATENCY_BUCKETS 512       /* up to 2^34 units; larger values count in the last */

enum latency_unit { LATENCY_UNIT_TICKS = 0, LATENCY_UNIT_NS = 1, LATENCY_UNIT_INSTRUCTIONS = 2 };

struct latency_record {
	uint32_t magic;
	uint32_t unit;    /* enum latency_unit */
	uint64_t unit_hz; /* ticks per second where unit is ticks */
	uint64_t count;
	uint64_t sum;
	uint64_t min; /* valid if count > 0 */
	uint64_t max;
	uint32_t bucket[LATENCY_BUCKETS];
};

_Static_assert(sizeof(struct latency_record) == 48 + 4 * LATENCY_BUCKETS, "ABI");

#endif
