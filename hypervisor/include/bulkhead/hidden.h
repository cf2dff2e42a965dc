/* SPDX-License-Identifier: GPL-2.0-only */
/* Included before everything: all symbols are within the image, so that none is reached by way of a table of addresses. */
#pragma GCC visibility push(hidden)
