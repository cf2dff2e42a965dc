/* SPDX-License-Identifier: BSD-2-Clause */
/* RISC-V AIA for guests: a CPU's interrupt file (IMSIC) and the controller of wired sources (APLIC). Chapters 3 and 4 of the standard. */
#ifndef INMATE_AIA_H
#define INMATE_AIA_H

#include "port.h"

/* Interrupt file: registers behind siselect, and the page others write identities to. */
#define IMSIC_EIDELIVERY 0x70
#define IMSIC_EITHRESHOLD 0x72
#define IMSIC_EIP0 0x80 /* even numbers only: 64 identities each */
#define IMSIC_EIE0 0xc0
#define IMSIC_SETEIPNUM 0x0
#define IMSIC_PAGE 0x1000ull

#define APLIC_DOMAINCFG 0x0
#define APLIC_SOURCECFG 0x0 /* + 4 * source, sources from 1 */
#define APLIC_MMSIADDRCFG 0x1bc0
#define APLIC_SMSIADDRCFG 0x1bc8
#define APLIC_SETIP 0x1c00
#define APLIC_SETIPNUM 0x1cdc
#define APLIC_IN_CLRIP 0x1d00
#define APLIC_CLRIPNUM 0x1ddc
#define APLIC_SETIE 0x1e00
#define APLIC_SETIENUM 0x1edc
#define APLIC_CLRIE 0x1f00
#define APLIC_CLRIENUM 0x1fdc
#define APLIC_SETIPNUM_LE 0x2000
#define APLIC_SETIPNUM_BE 0x2004
#define APLIC_GENMSI 0x3000
#define APLIC_TARGET 0x3000 /* + 4 * source */

#define APLIC_SOURCE_DETACHED 1
#define APLIC_SOURCE_EDGE 4  /* rising */
#define APLIC_TARGET_HART 18 /* shifts */
#define APLIC_TARGET_GUEST 12

/*
 * Identities as this library gives them out: 1..15 calls of the cell's own CPUs, 32 + N the wired source N. 0, which no file has, is
 * the software interrupt of the firmware.
 */
#define WIRED_FIRST 32

/* Wired sources that device-less cells of the tests own: `irqs = <N 1>` ... No device of the QEMU board uses them. */
#define TEST_SOURCE_FIRST 64
#define TEST_SOURCE_ORDER_COUNT 16

u64 imsic_read(u64 index);
void imsic_write(u64 index, u64 value);
void imsic_enable(u32 identity);
bool imsic_pending(u32 identity);
/* Attaches a source to an identity of a CPU and enables both. */
void aplic_route(u32 source, u32 mode, u32 cpu, u32 identity);

#endif
