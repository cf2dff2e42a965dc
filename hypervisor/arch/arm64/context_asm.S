/* SPDX-License-Identifier: GPL-2.0-only */
/* Register files out of C's reach: the compiler must not touch FP, and numbered debug registers take no index. */
#include <bulkhead/asm.h>

	.arch	armv8-a+fp+simd

/* CPTR_EL2 lets FP through. Writing a V register clears all of the Z register over it. Clobbers V0-V31, FPCR, FPSR. */
FUNC(context_reset_fp)
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	movi	v\n\().2d, #0
	.endr
	msr	fpcr, xzr
	msr	fpsr, xzr
	ret
END_FUNC(context_reset_fp)

/* x0, x1: how many breakpoints and watchpoints there are, 1..16. Jumps into rows that end with number 0. Clobbers x2. */
FUNC(context_reset_debug)
	adr	x2, 1f
	sub	x2, x2, x0, lsl #3
	br	x2
	.irp	n, 15,14,13,12,11,10,9,8,7,6,5,4,3,2,1,0
	msr	dbgbcr\n\()_el1, xzr
	msr	dbgbvr\n\()_el1, xzr
	.endr
1:	adr	x2, 2f
	sub	x2, x2, x1, lsl #3
	br	x2
	.irp	n, 15,14,13,12,11,10,9,8,7,6,5,4,3,2,1,0
	msr	dbgwcr\n\()_el1, xzr
	msr	dbgwvr\n\()_el1, xzr
	.endr
2:	ret
END_FUNC(context_reset_debug)
