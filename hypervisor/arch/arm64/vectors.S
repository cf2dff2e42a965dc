/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2 vectors. Arm ARM D1.3.1.5: 16 slots of 128 bytes; guests are AArch64 at EL1, so four of them matter. */
#include <asm/layout.h>
#include <bulkhead/asm.h>

/*
 * Two frames: every trap saves what a C function may change (x0-x18, x29, x30); all but hypercalls also save x19-x28, so
 * that the whole of the guest can be seen and changed. Each slot fits its 128 bytes.
 */
.macro save_changed
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
	str	x18, [sp, #144]
	stp	x29, x30, [sp, #232]
.endm

.macro restore_changed
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldr	x18, [sp, #144]
	ldp	x29, x30, [sp, #232]
	add	sp, sp, #FRAME_SIZE
	eret
.endm

.macro save_kept
	stp	x19, x20, [sp, #152]
	stp	x21, x22, [sp, #168]
	stp	x23, x24, [sp, #184]
	stp	x25, x26, [sp, #200]
	stp	x27, x28, [sp, #216]
.endm

.macro slot handler
	.balign 0x80
	save_changed
	save_kept
	mov	x0, sp
	bl	\handler
	b	trap_return
.endm

.macro slot_sync
	.balign 0x80
	save_changed
	mrs	x1, esr_el2
	lsr	x1, x1, #26
	cmp	x1, #0x16 /* ESR_EC_HVC64 */
	b.eq	trap_call
	b	trap_other
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
	slot_sync
	slot trap_irq
	slot trap_fiq
	slot trap_serror
	slot_own 12
	slot_own 13
	slot_own 14
	slot_own 15
	.balign 0x80
	.size vectors, . - vectors

FUNC_LOCAL(trap_call)
	mov	x0, sp
	bl	trap_hvc
	restore_changed
END_FUNC(trap_call)

FUNC_LOCAL(trap_other)
	save_kept
	mov	x0, sp
	cmp	x1, #0x24 /* ESR_EC_DABT_LOWER */
	b.eq	1f
	bl	trap_sync
	b	trap_return
1:	bl	trap_data_abort
	b	trap_return
END_FUNC(trap_other)

/* In: sp = frame. */
FUNC(trap_return)
	ldp	x19, x20, [sp, #152]
	ldp	x21, x22, [sp, #168]
	ldp	x23, x24, [sp, #184]
	ldp	x25, x26, [sp, #200]
	ldp	x27, x28, [sp, #216]
	restore_changed
END_FUNC(trap_return)
