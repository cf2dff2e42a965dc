/* SPDX-License-Identifier: GPL-2.0-only */
/* Read before everything else: instructions that headers made with a newer toolchain use and the assembler here may not know. */
#undef CONFIG_TOOLCHAIN_HAS_ZABHA
#undef CONFIG_TOOLCHAIN_HAS_ZACAS
