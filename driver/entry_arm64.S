/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two ways through EL2 that keep only the stack pointer: entering the hypervisor and leaving it. Both run with
 * everything masked, as there is nobody to take an exception at EL2 meanwhile.
 */
#include <linux/linkage.h>

#define FRAME 112
#define HVC_SOFT_RESTART 1
#define HVC_RESET_VECTORS 2
#define EBUSY 16

	.macro save
	stp	x29, x30, [sp, #-FRAME]!
	mov	x29, sp
	stp	x18, x19, [sp, #16]
	stp	x20, x21, [sp, #32]
	stp	x22, x23, [sp, #48]
	stp	x24, x25, [sp, #64]
	stp	x26, x27, [sp, #80]
	mrs	x8, daif
	stp	x28, x8, [sp, #96]
	msr	daifset, #0xf
	.endm

	.macro restore
	ldp	x28, x8, [sp, #96]
	ldp	x26, x27, [sp, #80]
	ldp	x24, x25, [sp, #64]
	ldp	x22, x23, [sp, #48]
	ldp	x20, x21, [sp, #32]
	ldp	x18, x19, [sp, #16]
	msr	daif, x8
	ldp	x29, x30, [sp], #FRAME
	.endm

/* long bulkhead_enter(u64 entry, u64 base, u64 index): physical addresses */
SYM_FUNC_START(bulkhead_enter)
	save
	mov	x19, x0
	mov	x20, x1
	mov	x21, x2
	/* KVM gives EL2 back to the kernel's stub; the stub itself has nothing to do and says so. */
	mov	x0, #HVC_RESET_VECTORS
	hvc	#0
	cbnz	x0, 1f
	mov	x0, #HVC_SOFT_RESTART
	mov	x1, x19
	mov	x2, x20
	mov	x3, x21
	mov	x4, xzr
	hvc	#0
	restore
	ret
1:	mov	x0, #-EBUSY
	restore
	ret
SYM_FUNC_END(bulkhead_enter)

/* long bulkhead_call(u64 function) */
SYM_FUNC_START(bulkhead_call)
	save
	hvc	#0
	restore
	ret
SYM_FUNC_END(bulkhead_call)
