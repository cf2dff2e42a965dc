/* SPDX-License-Identifier: BSD-2-Clause */
/* Filling and printing of abi/latency.h records. */
#ifndef INMATE_LATENCY_H
#define INMATE_LATENCY_H

#include <bulkhead/abi/latency.h>

#include "inmate.h"

void latency_reset(struct latency_record *r, u64 unit_hz);
void latency_add(struct latency_record *r, u64 value);
/* One summary line, then lines "buckets LOW:COUNT ..." of those that are not empty. */
void latency_print(const struct latency_record *r);

#endif
