/* SPDX-License-Identifier: GPL-2.0-only */
/* What harnesses begin with: values that are any. */
#ifndef CBMC_H
#define CBMC_H

#include <bulkhead/types.h>

u64 nondet_u64(void);

#endif
