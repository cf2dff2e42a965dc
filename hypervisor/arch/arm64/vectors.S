/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2 vectors. Arm ARM D1.3.1.5: 16 slots of 128 bytes; guests are AArch64 at EL1, so four of them matter. */
#include <asm/layout.h>
#include <bulkhead/asm.h>

/* Saves x0-x30 as struct trap_frame, calls handler(frame), goes back. Must fit a slot with its branch. */
.macro slot handler
	.balign 0x80
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	str	x30, [sp, #240]
	mov	x0, sp
	bl	\handler
	b	trap_return
.endm

/* EL2 itself trapped: an invariant is broken. */
.macro slot_own number
	.balign 0x80
	mov	x0, #\number
	b	trap_own
.endm

	.text
	.balign 0x800
	.globl vectors
	.type vectors, %object
vectors:
	slot_own 0
	slot_own 1
	slot_own 2
	slot_own 3
	slot_own 4
	slot_own 5
	slot_own 6
	slot_own 7
	slot trap_sync
	slot trap_irq
	slot trap_fiq
	slot trap_serror
	slot_own 12
	slot_own 13
	slot_own 14
	slot_own 15
	.balign 0x80
	.size vectors, . - vectors

/* In: sp = frame. */
FUNC(trap_return)
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	ldr	x30, [sp, #240]
	add	sp, sp, #FRAME_SIZE
	eret
END_FUNC(trap_return)
