/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry and exception vectors of a bare-metal guest. Entered at EL1h, MMU and caches off, interrupts masked, x0 = the comm page.
 * All code up to "msr sctlr_el1" runs uncached: what it writes is invalidated from the caches once more before they come on.
 */
#include "port.h"

#define SCTLR_ON 0x30d0198d /* RES1 bits, SPAN, M, C, I, SA; no alignment checks */

	.section .head, "ax"
	.globl	_start
_start:
	.irp r, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15, \
		x16, x17, x18, x19, x20, x21, x22, x23, x24, x25, x26, x27, x28, x29, x30
	orr	x1, x1, \r
	.endr
	mov	x20, x1			/* what is not 0 was left by somebody */
	mov	x19, x0
	mrs	x0, currentel
	cmp	x0, #4
	b.ne	.			/* anything but EL1 is not a cell */
	bl	bss_range
	bl	cache_invalidate
	bl	bss_range
1:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	1b
	adrp	x0, boot_stack_top
	add	sp, x0, :lo12:boot_stack_top
	mov	x0, x19
	bl	port_mmu_init
	bl	bss_range
	bl	cache_invalidate
	adrp	x0, cpu_slots
	add	x0, x0, :lo12:cpu_slots
	bl	mmu_on
	adrp	x1, port_start_residue
	str	x20, [x1, :lo12:port_start_residue]
	mov	x0, x19
	bl	port_main
	b	cpu_park

/* Entered by PSCI CPU_ON, x0 = struct cpu_slot. */
	.globl	secondary_start
secondary_start:
	mov	x19, x0
	bl	mmu_on
	ldr	x1, [x19]
	mov	sp, x1
	bl	port_main_secondary
	b	cpu_park

/* in: x0 = struct cpu_slot, read uncached; clobbers x1, x2 */
mmu_on:
	ldp	x1, x2, [x0, #8]
	msr	ttbr0_el1, x1
	msr	tcr_el1, x2
	ldr	x1, [x0, #24]
	msr	mair_el1, x1
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el1, x1
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	ldr	x1, =SCTLR_ON
	msr	sctlr_el1, x1
	isb
	ret

/* out: x0, x1 = bounds of .bss, stacks and tables included */
bss_range:
	adrp	x0, __bss_start
	add	x0, x0, :lo12:__bss_start
	adrp	x1, __bss_end
	add	x1, x1, :lo12:__bss_end
	ret

/* in: x0..x1; clobbers x2-x4. Lines of 16 bytes at least: smaller steps only repeat. */
cache_invalidate:
	mov	x2, x0
1:	dc	ivac, x2
	add	x2, x2, #16
	cmp	x2, x1
	b.lo	1b
	dsb	sy
	ret

	.macro	frame_save
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
	mrs	x1, elr_el1
	stp	x30, x1, [sp, #240]
	mrs	x1, spsr_el1
	str	x1, [sp, #FRAME_SPSR]
	mov	x0, sp
	.endm

	.macro	vector kind
	.balign	0x80
	frame_save
	mov	x1, #\kind
	b	exception_sync
	.endm

	.macro	vector_irq
	.balign	0x80
	frame_save
	bl	port_irq
	b	frame_restore
	.endm

	.section .text.vectors, "ax"
	.balign	0x800
vectors:
	vector	0
	vector	1
	vector	2
	vector	3
	vector	4			/* synchronous, our own stack pointer: the usual one */
	vector_irq
	vector	6
	vector	7
	vector	8
	vector	9
	vector	10
	vector	11
	vector	12
	vector	13
	vector	14
	vector	15

exception_sync:
	bl	port_sync
frame_restore:
	ldr	x1, [sp, #FRAME_SPSR]
	msr	spsr_el1, x1
	ldp	x30, x1, [sp, #240]
	msr	elr_el1, x1
	ldp	x28, x29, [sp, #224]
	ldp	x26, x27, [sp, #208]
	ldp	x24, x25, [sp, #192]
	ldp	x22, x23, [sp, #176]
	ldp	x20, x21, [sp, #160]
	ldp	x18, x19, [sp, #144]
	ldp	x16, x17, [sp, #128]
	ldp	x14, x15, [sp, #112]
	ldp	x12, x13, [sp, #96]
	ldp	x10, x11, [sp, #80]
	ldp	x8, x9, [sp, #64]
	ldp	x6, x7, [sp, #48]
	ldp	x4, x5, [sp, #32]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp]
	add	sp, sp, #FRAME_SIZE
	eret

/* in: x0 = function, x1 = its argument; out: x0 = 1, it came back. An exception goes on at trap_guard_out, x19 = the stack then. */
	.globl	trap_guard, trap_guard_out
trap_guard:
	stp	x29, x30, [sp, #-96]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	mov	x19, x0
	mov	x20, x1
	mov	x0, sp
	bl	trap_guard_set
	mov	x0, x20
	blr	x19
	mov	x20, #1
	b	1f
trap_guard_out:
	mov	sp, x19
	mov	x20, #0
1:	mov	x0, #0
	bl	trap_guard_set
	mov	x0, x20
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #96
	ret

	.section .bss.stack, "aw", %nobits
	.balign	16
	.skip	16384
boot_stack_top:
