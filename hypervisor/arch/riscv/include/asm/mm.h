/* SPDX-License-Identifier: GPL-2.0-only */
/* Page table entries, both of the hypervisor's own Sv39 and of the guests' second stage. Privileged Architecture, "Sv39". */
#ifndef ASM_MM_H
#define ASM_MM_H

#include <bulkhead/types.h>

#define PTE_V BIT64(0)
#define PTE_R BIT64(1)
#define PTE_W BIT64(2)
#define PTE_X BIT64(3)
#define PTE_U BIT64(4)
#define PTE_A BIT64(6)
#define PTE_D BIT64(7)
#define PTE_RWX (PTE_R | PTE_W | PTE_X)
#define PTE_PPN_SHIFT 10
#define PTE_PPN GENMASK64(53, PTE_PPN_SHIFT)
#define PTE_ADDRESS(pte) (((pte)&PTE_PPN) >> PTE_PPN_SHIFT << PAGE_SHIFT)
#define PTE_PRESENT PTE_V
#define PTE_OF(pa) ((pa) >> PAGE_SHIFT << PTE_PPN_SHIFT)

#define PAGE_RX (PTE_V | PTE_R | PTE_X | PTE_A)
#define PAGE_R (PTE_V | PTE_R | PTE_A)
#define PAGE_RW (PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)
#define PAGE_TABLE PTE_V
/* Device or memory is a property of the address here, not of the entry. */
#define PAGE_DEVICE PAGE_RW
#define DEVICE_BLOCK PAGE_RW

#define OWN_LEVELS 3
#define OWN_BITS 38 /* the half of Sv39 where addresses are not sign-extended */
#define OWN_DEVICE_BITS 38

#endif
