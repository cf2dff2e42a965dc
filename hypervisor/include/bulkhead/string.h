/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* string.c and printf.c: shared by the hypervisor, cellctl's checks and the inmates. */
#ifndef BULKHEAD_STRING_H
#define BULKHEAD_STRING_H

#include <stdarg.h>
#include <stddef.h>

void *memset(void *to, int value, size_t count);
void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memmove(void *to, const void *from, size_t count);
int memcmp(const void *a, const void *b, size_t count);
size_t strlen(const char *s);
int strncmp(const char *a, const char *b, size_t count);

/* %c %s %d %u %x %%, with l, ll and z, without width; always NUL-terminated; returns the length it wanted. */
int format(char *out, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int format_list(char *out, size_t size, const char *fmt, va_list args);

#endif
