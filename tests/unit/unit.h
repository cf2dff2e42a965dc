/* SPDX-License-Identifier: GPL-2.0-only */
/* What every unit test includes first: cmocka and its prerequisites. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#endif
