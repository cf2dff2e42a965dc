/* SPDX-License-Identifier: GPL-2.0-only */
/* Types and helpers every file uses; no state. */
#ifndef BULKHEAD_TYPES_H
#define BULKHEAD_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define BIT64(n) (1ull << (n))
#define GENMASK64(high, low) ((~0ull >> (63 - (high))) & (~0ull << (low)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PAGE_SHIFT 12
#define PAGE_SIZE (1ull << PAGE_SHIFT)

#define __must_check __attribute__((warn_unused_result))
#define __noreturn __attribute__((noreturn))
#define __noinline __attribute__((noinline))
#define __used __attribute__((used)) /* keeps its name: tools ask for it */
#define __cold __attribute__((cold, noinline))
#define __printf(fmt, first) __attribute__((format(printf, fmt, first)))

/* Error numbers are Linux's: they travel through the driver to user space unchanged. */
#define BH_EPERM 1
#define BH_ENOENT 2
#define BH_E2BIG 7
#define BH_EAGAIN 11
#define BH_ENOMEM 12
#define BH_EFAULT 14
#define BH_EBUSY 16
#define BH_EEXIST 17
#define BH_ENODEV 19
#define BH_EINVAL 22
#define BH_ENOSPC 28
#define BH_ERANGE 34
#define BH_ENOSYS 38

#endif
