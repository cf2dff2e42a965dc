/* SPDX-License-Identifier: GPL-2.0-only */
/* process.c: runs a tool with its standard input and output in memory. */
#ifndef CELLCTL_PROCESS_H
#define CELLCTL_PROCESS_H

#include "util.h"

/*
 * argv[0] is looked up in PATH. input NULL: nothing on stdin. Returns the exit status (0-255; 128 + n for signal n) or
 * negative errno; -ENOENT: no such tool. output and log hold at most limit bytes.
 */
int process_run(const char *const *argv, const struct bytes *input, struct bytes *output, struct bytes *log, size_t limit);

#endif
