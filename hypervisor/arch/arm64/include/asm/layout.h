/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's own memory on arm64; identity mapped, inside one 2 MiB region. Per CPU (percpu_size):
 *
 *     page 0   stack                 RW   own CPU only (below it: the last table of the CPU before, unmapped here)
 *     page 1   struct cpu            RW   own CPU only
 *     page 2   level-2 table (root)  RW   all; levels as own.c counts them: 0 is the last
 *     page 3   level-1 table         RW   all
 *     page 4   level-0 table         RW   own CPU only: it holds the CPU's window
 *
 * image:  text RX all | rodata R all | data, bss RW all;  boot block RW all;  blob R all;  the rest RW all.
 * window: WINDOW_PAGES level-0 entries of the same 2 MiB region that the memory above does not cover.
 */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

#define PERCPU_STACK 0x0000
#define PERCPU_CPU 0x1000
#define PERCPU_TABLES 0x2000
#define PERCPU_SIZE 0x5000

#define POOL_PAGES 22 /* tables, slots, cells, ledger, exported pages for a board of a few CPUs */
#define POOL_PAGES_PER_CPU 1

#define WINDOW_PAGES 48

#define FRAME_SIZE 256 /* struct trap_frame */

#endif
