/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's memory on x86, identity mapped, inside one 2 MiB region. Per CPU (percpu_size):
 *
 *     page 0   stack                 RW   own CPU only (below it: the level-0 table of the CPU before, unmapped here)
 *     page 1   struct cpu            RW   own CPU only; the stack ends where it begins, so the stack pointer finds it
 *     page 2   control block         RW   own CPU only; the two pages of the back end of asm/vcpu.h
 *     page 3   host save area        RW   own CPU only
 *     page 4   level-4 table         RW   all; the root where the kernel uses five levels (CR4.LA57), else unused
 *     page 5   level-3 table         RW   all
 *     page 6   level-2 table         RW   all
 *     page 7   level-1 table         RW   all
 *     page 8   level-0 table         RW   own CPU only: it holds the CPU's window
 *
 * image:  text RX all | rodata R all | data, bss RW all;  boot block RW all;  blob R all;  the rest RW all.
 * window: WINDOW_PAGES level-0 entries of the same 2 MiB region that the memory above does not cover.
 */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

#define PERCPU_STACK 0x0000
#define PERCPU_CPU 0x1000
#define PERCPU_CONTROL 0x2000
#define PERCPU_HOST 0x3000
#define PERCPU_TABLES 0x4000
#define PERCPU_SIZE 0x9000

#define POOL_PAGES 32 /* tables, slots, cells, ledger, exported pages for a board of a few CPUs; five of them the root's */
#define POOL_PAGES_PER_CPU 1
#define ENTRY_TABLE_PAGES 8 /* five levels to the image, three more to the trampoline */

#define WINDOW_PAGES 48

#define FRAME_SIZE 128 /* struct trap_frame */

/* As the root's kernel has them, so that its selectors go on in ours. */
#define KERNEL_CS 0x10
#define KERNEL_SS 0x18

#endif
