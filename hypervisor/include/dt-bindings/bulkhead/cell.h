/* SPDX-License-Identifier: BSD-2-Clause */
/* Helpers for cell files: sizes as the two cells a reg property wants, good beyond 4 GiB. */
#ifndef DT_BINDINGS_BULKHEAD_CELL_H
#define DT_BINDINGS_BULKHEAD_CELL_H

#define SIZE_MiB(n) ((n) >> 12)(((n)&0xfff) << 20)
#define SIZE_KiB(n) ((n) >> 22)(((n)&0x3fffff) << 10)

#endif
