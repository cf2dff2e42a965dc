/* SPDX-License-Identifier: GPL-2.0-only */
/* util.c: memory that lives until exit, files, "did you mean". */
#ifndef CELLCTL_UTIL_H
#define CELLCTL_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bulkhead/types.h>

/* Zeroed; never NULL: out of memory ends the program. Freed together by mem_free_all(). */
void *mem_alloc(size_t size);
void *mem_grow(void *old, size_t old_size, size_t size);
char *mem_copy(const char *s, size_t length);
char *mem_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void mem_free_all(void);
/* For who runs for ever: frees what was allocated since mem_mark(). */
const void *mem_mark(void);
void mem_free_since(const void *mark);

struct bytes {
	u8 *data;
	size_t size;
};

/* Whole file, at most limit bytes, one NUL behind the end: 0 or negative errno (-EFBIG: larger than limit). */
int file_read(const char *path, size_t limit, struct bytes *out);
int fd_read(int fd, size_t limit, struct bytes *out);
int file_write(const char *path, const void *data, size_t size, unsigned mode);
bool file_exists(const char *path);
/* path as written in a file that lies in dir. */
const char *path_join(const char *dir, const char *path);
const char *path_dir(const char *path);
/* Last component without its extension. */
const char *path_stem(const char *path);

/* The candidate closest to word, or NULL if none is close; names is NULL-terminated. */
const char *suggest(const char *word, const char *const *names);
/* "; did you mean 'x'?" style text, "" if there is no close candidate. */
const char *suggest_text(const char *word, const char *const *names);

/* Whole string is a number (0x.., decimal; suffix K, M or G). */
bool parse_u64(const char *s, u64 *value);
u64 time_ns(void); /* monotonic */
/* "16 MiB", "64 KiB", "12 bytes" */
const char *size_text(u64 bytes);

#endif
