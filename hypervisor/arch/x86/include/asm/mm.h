/* SPDX-License-Identifier: GPL-2.0-only */
/* Page table entries, both of the hypervisor's own tables and of the guests' nested ones: one format. AMD APM vol. 2, 5.3, 15.25. */
#ifndef ASM_MM_H
#define ASM_MM_H

#include <bulkhead/types.h>

#define PTE_P BIT64(0)
#define PTE_W BIT64(1)
#define PTE_U BIT64(2)
#define PTE_PWT BIT64(3)
#define PTE_PCD BIT64(4)
#define PTE_A BIT64(5)
#define PTE_D BIT64(6)
#define PTE_PS BIT64(7) /* a leaf above the last level */
#define PTE_NX BIT64(63)
#define PTE_PRESENT PTE_P
#define PTE_OF(pa) (pa)
#define PTE_ADDRESS(pte) ((pte)&GENMASK64(51, 12))

#define PAGE_RX (PTE_P | PTE_A)
#define PAGE_R (PTE_P | PTE_A | PTE_NX)
#define PAGE_RW (PTE_P | PTE_W | PTE_A | PTE_D | PTE_NX)
#define PAGE_DEVICE (PAGE_RW | PTE_PCD | PTE_PWT) /* PAT entry 3: uncached, also as Linux sets the PAT */
#define PAGE_TABLE (PTE_P | PTE_W | PTE_A)
#define DEVICE_BLOCK (PAGE_DEVICE | PTE_PS)

#define OWN_LEVELS 5 /* the topmost is not used where the kernel has four */
#define OWN_BITS 47  /* the half where addresses are not sign-extended */
#define OWN_DEVICE_BITS 39

#endif
