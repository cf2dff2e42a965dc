/* SPDX-License-Identifier: GPL-2.0-only */
/* Fences and cache block operations; unit tests bring their own. Encodings: Privileged Architecture; CMO. */
#ifndef ASM_FENCE_H
#define ASM_FENCE_H

#ifndef FENCE_FAKE
#define fence_memory() __asm__ volatile("fence rw, rw" : : : "memory")
#define fence_device() __asm__ volatile("fence iorw, iorw" : : : "memory")
#define fence_code() __asm__ volatile("fence.i" : : : "memory")
#define fence_own_page(va) __asm__ volatile("sfence.vma %0, zero" : : "r"(va) : "memory")
#define fence_own() __asm__ volatile("sfence.vma" : : : "memory")
/* hfence.gvma zero, zero: all guests' second stage; hfence.vvma zero, zero: first stage of the guest in hgatp. */
#define fence_stage2() __asm__ volatile(".insn r 0x73, 0, 0x31, x0, x0, x0" : : : "memory")
#define fence_stage1() __asm__ volatile(".insn r 0x73, 0, 0x11, x0, x0, x0" : : : "memory")
#define cbo_clean(address) __asm__ volatile(".insn i 0x0f, 2, x0, %0, 1" : : "r"(address) : "memory")
#define cbo_flush(address) __asm__ volatile(".insn i 0x0f, 2, x0, %0, 2" : : "r"(address) : "memory")
#else
void fence_memory(void);
void fence_code(void);
void fence_own(void);
void fence_stage2(void);
void fence_stage1(void);
#endif

#endif
