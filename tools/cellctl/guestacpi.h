/* SPDX-License-Identifier: GPL-2.0-only */
/* guestacpi.c: the ACPI tables of a Linux cell on x86; layout_x86.c: where a bzImage and all it needs are placed. */
#ifndef CELLCTL_GUESTACPI_H
#define CELLCTL_GUESTACPI_H

#include "layout.h"

#define GUEST_ACPI_BASE 0x90000u
#define GUEST_ACPI_SIZE 0x10000u

/* For GUEST_ACPI_BASE; the root pointer stands first. */
struct bytes guest_acpi(const struct cell *cell);
/* The two halves of a Linux cell: struct board_arch.linux_kernel and linux_rest. */
int bzimage_kernel(const struct cell *cell, const char *path, struct bytes file, struct layout *l, struct layout_problem *problem);
int bzimage_rest(const struct cell *cell, struct layout *l, struct bytes initrd, struct layout_problem *problem);

#endif
