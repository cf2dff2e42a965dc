/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The version of everything under abi/, checked at every boundary: cellctl and driver, driver and hypervisor, blob,
 * inmate. A different major is refused by name; a higher minor only adds.
 */
#ifndef BULKHEAD_ABI_VERSION_H
#define BULKHEAD_ABI_VERSION_H

#define BULKHEAD_ABI_MAJOR 0
#define BULKHEAD_ABI_MINOR 9
#define BULKHEAD_ABI_VERSION ((BULKHEAD_ABI_MAJOR << 16) | BULKHEAD_ABI_MINOR)

/* Numbers are never reused. */
#define BULKHEAD_ARCH_ARM64 1
#define BULKHEAD_ARCH_X86 2
#define BULKHEAD_ARCH_RISCV 3
#define BULKHEAD_ARCH_FAKE 255 /* host unit tests */

#define BULKHEAD_NAME_SIZE 32 /* cell and board names, NUL included */
#define BULKHEAD_MAX_CPUS 64
#define BULKHEAD_PAGE_SIZE 4096

#endif
