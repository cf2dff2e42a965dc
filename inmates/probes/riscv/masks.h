/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROBE_MASKS_H
#define PROBE_MASKS_H

#include "port.h"

/* Calls with masks that name a CPU which is not the cell's, alone or beside its own: how many were not answered as they should be. */
static inline u64 masks_odd(u64 extension, u64 function, bool allowed)
{
	u64 own = (1ull << comm->cpu_count) - 1, odd = 0;

	for (u64 hart = comm->cpu_count; hart < 16; hart++) {
		odd += sbi_call(extension, function, 1ull << hart, 0, 0, 4096, 0).error >= 0;
		odd += sbi_call(extension, function, 1, hart, 0, 4096, 0).error >= 0;
		odd += sbi_call(extension, function, 1ull << hart | own, 0, 0, 4096, 0).error >= 0;
	}
	odd += sbi_call(extension, function, 1, 1ull << 32, 0, 4096, 0).error >= 0;
	odd += sbi_call(extension, function, 2, ~0ull - 1, 0, 4096, 0).error >= 0; /* the last number there is */
	/* "All" are the cell's own. */
	odd += (sbi_call(extension, function, 0, ~0ull, 0, 4096, 0).error == SBI_OK) != allowed;
	return odd;
}

#endif
