// SPDX-License-Identifier: BSD-2-Clause
/* Log-linear histograms, see abi/latency.h. */
#include "latency.h"

static u32 bucket_of(u64 value)
{
	u32 exponent = 0, bucket;

	if (value < 16)
		return (u32)value;
	while (value >> exponent > 1)
		exponent++;
	bucket = 16 * (exponent - 3) + (u32)((value >> (exponent - 4)) & 15);
	return bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1;
}

static u64 bucket_low(u32 bucket)
{
	if (bucket < 16)
		return bucket;
	return (u64)(16 + bucket % 16) << (bucket / 16 - 1);
}

void latency_reset(struct latency_record *r, u64 unit_hz)
{
	memset(r, 0, sizeof(*r));
	r->magic = LATENCY_MAGIC;
	r->unit = LATENCY_UNIT_TICKS;
	r->unit_hz = unit_hz;
	r->min = ~0ull;
}

void latency_add(struct latency_record *r, u64 value)
{
	r->count++;
	r->sum += value;
	if (value < r->min)
		r->min = value;
	if (value > r->max)
		r->max = value;
	r->bucket[bucket_of(value)]++;
}

void latency_print(const struct latency_record *r)
{
	char line[112];
	u32 length = 0;

	if (r->count == 0) {
		print("latency: count=0\n");
		return;
	}
	print("latency: count=%lu min=%lu mean=%lu max=%lu unit=1/%lu s\n", r->count, r->min, r->sum / r->count, r->max, r->unit_hz);
	for (u32 i = 0; i < LATENCY_BUCKETS; i++) {
		if (r->bucket[i] == 0)
			continue;
		length += (u32)format(line + length, sizeof(line) - length, " %lu:%u", bucket_low(i), r->bucket[i]);
		if (length > sizeof(line) - 40) {
			print("buckets%s\n", line);
			length = 0;
		}
	}
	if (length > 0)
		print("buckets%s\n", line);
}
