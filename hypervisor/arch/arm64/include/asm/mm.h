/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2 stage-1 descriptors, VMSAv8-64, 4K granule, 39 bits. Arm ARM D8.3. */
#ifndef ASM_MM_H
#define ASM_MM_H

#include <bulkhead/types.h>

#define DESC_VALID BIT64(0)
#define DESC_TABLE 3ull         /* a table, or at the last level a page */
#define DESC_NORMAL (0ull << 2) /* MAIR index 0 */
#define DESC_DEVICE (1ull << 2)
#define DESC_RES1 BIT64(6) /* AP[1] */
#define DESC_RO BIT64(7)
#define DESC_INNER (3ull << 8)
#define DESC_AF BIT64(10)
#define DESC_XN BIT64(54)

#define PTE_OF(pa) (pa)
#define PTE_ADDRESS(pte) ((pte)&GENMASK64(47, 12))
#define PTE_PRESENT DESC_VALID

#define PAGE_RX (DESC_TABLE | DESC_NORMAL | DESC_RES1 | DESC_RO | DESC_INNER | DESC_AF)
#define PAGE_R (PAGE_RX | DESC_XN)
#define PAGE_RW (DESC_TABLE | DESC_NORMAL | DESC_RES1 | DESC_INNER | DESC_AF | DESC_XN)
#define PAGE_TABLE DESC_TABLE
#define PAGE_DEVICE (DESC_TABLE | DESC_DEVICE | DESC_RES1 | DESC_AF | DESC_XN)
#define DEVICE_BLOCK (DESC_VALID | DESC_DEVICE | DESC_RES1 | DESC_AF | DESC_XN)

#define OWN_LEVELS 3
#define OWN_BITS 39
#define OWN_DEVICE_BITS 39

#endif
