/* SPDX-License-Identifier: GPL-2.0-only */
/* The headers below abi/ include <stdint.h>; the kernel has the same types elsewhere. */
#ifndef BULKHEAD_DRIVER_STDINT_H
#define BULKHEAD_DRIVER_STDINT_H

#include <linux/types.h>

#endif
