/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * progress.c: while a call of the driver takes long, one line on the terminal says how far it is, and is away when it ends. The work is
 * one ioctl, so that nothing is left half done whatever becomes of cellctl; another thread looks, in sysfs.
 */
#ifndef CELLCTL_PROGRESS_H
#define CELLCTL_PROGRESS_H

#include <stddef.h>

/* Nothing unless stderr is a terminal and the result text; what: NULL: a call that only looks. */
void progress_begin(const char *what);
void progress_end(void);
/* The line after so many seconds: memory of cells still to be zeroed, by `cells`, their directory in sysfs; else the time. */
void progress_line(char *line, size_t size, const char *what, unsigned seconds, const char *cells);

#endif
