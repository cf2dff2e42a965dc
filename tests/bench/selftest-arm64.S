/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What plugin.c is tested on: a hypervisor of which every executed instruction is known. Runs from reset at EL2 on QEMU's
 * virt board with 2 CPUs. Guest code stands in a section without the code flag, so that the plugin takes it for foreign.
 *
 * Exceptions from the guest cost 8 instructions, vector to ERET; 100 on CPU 0 between marks 1 and 2, 50 on CPU 1 between
 * marks 3 and 4. CPU 1 enters once more by a call that works for 66 instructions, waits for 60 and has 5 counted
 * aside. The reply of mark 5 is compared by the guest: right is mark 6, wrong is mark 7.
 */
#include "mark.h"

#define PSCI_CPU_ON 0xc4000003
#define PSCI_SYSTEM_OFF 0x84000008
#define GICD_BASE 0x08000000

	.section .text, "ax"
	.globl	image_start
image_start:
	.quad	0x31305453454b4c42 /* any magic number */
	.globl	entry
entry:
	ldr	x0, =vectors
	msr	vbar_el2, x0
	mov	x0, #1 << 31 /* HCR_EL2.RW */
	msr	hcr_el2, x0
	mov	x0, #0x3c5 /* EL1h, masked */
	msr	spsr_el2, x0
	mrs	x1, mpidr_el1
	ldr	x0, =guest0
	ldr	x2, =guest1
	tst	x1, #0xff
	csel	x0, x0, x2, eq
	msr	elr_el2, x0
	isb
	eret

	.balign	2048
	.globl	vectors
vectors:
	.rept	8
	.balign	128
	b	.
	.endr
	.balign	128
	b	sync
	.rept	7
	.balign	128
	b	.
	.endr

	.balign	128
sync:
	cbnz	x0, wait
	mov	x9, #GICD_BASE
	ldr	w9, [x9, #4]
	nop
	nop
	nop
	eret

wait:
	bl	outer
	mov	x9, #20
1:	nop
	subs	x9, x9, #1
	b.ne	1b
	mov	x9, #20
2:	yield
	subs	x9, x9, #1
	b.ne	2b
	eret

/* Counted aside: 2 + 3 instructions; the call itself is not. */
outer:
	mov	x11, x30
	bl	inner
	ret	x11
inner:
	nop
	ret

	.section .guest, "aw"
	.globl	guest0
guest0:
	mov	x10, #0
	movz	xzr, #1
1:	mov	x0, #0
	hvc	#0
	add	x10, x10, #1
	cmp	x10, #100
	b.ne	1b
	movz	xzr, #2
	ldr	x0, =PSCI_CPU_ON
	mov	x1, #1
	ldr	x2, =entry
	smc	#0
	ldr	x1, =done
2:	ldr	w0, [x1]
	cbz	w0, 2b
	ldr	x3, =reply_page
	blr	x3
	mov	w2, #7
	ldr	x0, [x3, #MARK_REPLY_OFFSET]
	ldr	x1, =0x4b52414d4b4c5542
	cmp	x0, x1
	b.ne	3f
	ldr	x0, [x3, #MARK_REPLY_OFFSET + 32] /* exits of CPU 0 */
	cmp	x0, #100
	b.ne	3f
	ldr	x0, [x3, #MARK_REPLY_OFFSET + 32 + 88] /* of CPU 1 */
	cmp	x0, #51
	b.ne	3f
	movz	xzr, #6
	b	4f
3:	movz	xzr, #7
4:	ldr	x0, =PSCI_SYSTEM_OFF
	smc	#0
	b	.

	.globl	guest1
guest1:
	mov	x10, #0
	movz	xzr, #3
1:	mov	x0, #0
	hvc	#0
	add	x10, x10, #1
	cmp	x10, #50
	b.ne	1b
	movz	xzr, #4
	mov	x0, #1
	hvc	#0
	ldr	x1, =done
	mov	w0, #1
	str	w0, [x1]
	b	.

	.ltorg
	.balign	4
done:
	.word	0

	.balign	MARK_PAGE
reply_page:
	movk	xzr, #5
	ret
	.balign	MARK_PAGE
