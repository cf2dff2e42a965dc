/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Image header, the way in (MMU off -> on), the way out, and the few calls C cannot express. All code before the MMU is on
 * addresses PC-relative.
 */
#include <asm/layout.h>
#include <bulkhead/asm.h>
#include <generated/offsets.h>

#define SCTLR_EL2_ON 0x30cd183d /* RES1 | WXN | I | SA | C | M; bit 1 (A) stays off */
#define MAIR_EL2_VALUE 0x04ff   /* 0: normal write-back; 1: device nGnRE */
#define TCR_EL2_VALUE 0x80803519 /* RES1, SH0 inner, ORGN0/IRGN0 write-back, 4K, T0SZ 25: 39 bits */

	.section .header, "ax"
	.globl image_start
image_start: /* struct image_header */
	.quad	0x444145484b4c5542
	.short	0, 2
	.long	1
	.quad	file_end - image_start
	.quad	image_end - image_start
	.quad	entry - image_start
	.quad	image_end - image_start + 0x1000 + POOL_PAGES * 0x1000
	.quad	PERCPU_SIZE + POOL_PAGES_PER_CPU * 0x1000
	.quad	0
	.long	0, 0

/*
 * In: x0 = base (physical), x1 = board CPU number, EL2, MMU off. ELR_EL2 and SPSR_EL2 hold the way back and are not touched
 * until the final ERET. x20 = per-CPU block, x21 = base, x22 = CPU number, x23-x28 = EL2 state found.
 */
FUNC(entry)
	msr	daifset, #0xf
	mov	x21, x0
	mov	x22, x1
	mrs	x23, sctlr_el2
	mrs	x24, vbar_el2
	mrs	x25, mair_el2
	mrs	x26, tcr_el2
	mrs	x27, ttbr0_el2
	mrs	x28, tpidr_el2

	/* Per-CPU block = boot block + 4K + blob pages + CPU number * PERCPU_SIZE. */
	adrp	x19, image_end
	add	x19, x19, :lo12:image_end
	ldr	w2, [x19, #BOOT_BLOB_SIZE]
	add	x2, x2, #0xfff
	and	x2, x2, #~0xfff
	add	x2, x2, x19
	add	x2, x2, #0x1000
	mov	x3, #PERCPU_SIZE
	madd	x20, x22, x3, x2
	add	x3, x20, #PERCPU_CPU
	mov	sp, x3 /* top of the stack page */

	adrp	x4, mm_built
	ldr	w5, [x4, :lo12:mm_built]
	cbnz	w5, 2f
	bl	relocate
	mov	x0, x21
	bl	mm_build
	cbz	w0, 1f
	sxtw	x0, w0
	eret /* nothing was changed */
1:	adrp	x4, mm_built
	mov	w5, #1
	str	w5, [x4, :lo12:mm_built]

2:	mov	x0, #MAIR_EL2_VALUE
	msr	mair_el2, x0
	ldr	x0, =TCR_EL2_VALUE
	mrs	x1, id_aa64mmfr0_el1
	and	x1, x1, #15
	mov	x2, #5 /* 48 bits: what 4K pages reach */
	cmp	x1, x2
	csel	x1, x1, x2, lo
	bfi	x0, x1, #16, #3
	msr	tcr_el2, x0
	add	x0, x20, #PERCPU_TABLES
	msr	ttbr0_el2, x0
	isb
	tlbi	alle2
	ic	iallu
	dsb	nsh
	isb
	ldr	x0, =SCTLR_EL2_ON
	msr	sctlr_el2, x0
	isb

	add	x2, x20, #PERCPU_CPU
	stp	x23, x24, [x2, #CPU_ENTRY_STATE]
	stp	x25, x26, [x2, #CPU_ENTRY_STATE + 16]
	stp	x27, x28, [x2, #CPU_ENTRY_STATE + 32]
	msr	tpidr_el2, x2
	adrp	x0, vectors
	add	x0, x0, :lo12:vectors
	msr	vbar_el2, x0
	isb
	mov	x0, x19
	mov	x1, x22
	bl	init_cpu
	cbz	w0, guest_enter
	sxtw	x2, w0
	sub	x1, sp, #FRAME_SIZE
	mov	sp, x1
	add	x0, x20, #PERCPU_CPU
	b	native_return
END_FUNC(entry)

/* Adds the base (x21) to every R_AARCH64_RELATIVE word; the link has no other kind. Clobbers x2-x5. */
FUNC_LOCAL(relocate)
	adrp	x2, rela_start
	add	x2, x2, :lo12:rela_start
	adrp	x3, rela_end
	add	x3, x3, :lo12:rela_end
1:	cmp	x2, x3
	b.hs	2f
	ldr	x4, [x2], #16 /* offset; info is skipped */
	ldr	x5, [x2], #8  /* addend */
	add	x5, x5, x21
	str	x5, [x21, x4]
	b	1b
2:	ret
END_FUNC(relocate)

/* In: x0 = struct cpu, x1 = frame whose x1-x30 the root gets back, x2 = its x0. ELR_EL2/SPSR_EL2 are the root's. */
FUNC(native_return)
	str	x2, [x1]
	mov	x3, x1
	add	x4, x1, #FRAME_SIZE
1:	dc	cvac, x3 /* read below with the MMU off */
	add	x3, x3, #16
	cmp	x3, x4
	b.lo	1b
	ldp	x5, x6, [x0, #CPU_ENTRY_STATE]
	ldp	x7, x8, [x0, #CPU_ENTRY_STATE + 16]
	ldp	x9, x10, [x0, #CPU_ENTRY_STATE + 32]
	dsb	sy
	msr	sctlr_el2, x5
	isb
	msr	vbar_el2, x6
	msr	mair_el2, x7
	msr	tcr_el2, x8
	msr	ttbr0_el2, x9
	msr	tpidr_el2, x10
	isb
	tlbi	alle2
	dsb	nsh
	isb
	mov	sp, x1
	b	trap_return
END_FUNC(native_return)

/* In: x0 = the guest's x0; all others start as zero. The stack starts anew: struct cpu follows the stack page. */
FUNC(guest_enter)
	mrs	x1, tpidr_el2
	sub	x1, x1, #FRAME_SIZE
	mov	sp, x1
	mov	x2, #FRAME_SIZE
1:	sub	x2, x2, #16
	add	x3, x1, x2
	stp	xzr, xzr, [x3]
	cbnz	x2, 1b
	str	x0, [sp]
	b	trap_return
END_FUNC(guest_enter)

/* In: x0 = struct cpu, x1 = function; x0 is its argument. */
FUNC(stack_reset)
	mov	sp, x0
	mov	x29, xzr
	blr	x1
	b	.
END_FUNC(stack_reset)

/* In: x0 = u64[18]: x0-x17 of the call and of its result. */
FUNC(smc_call)
	stp	x29, x30, [sp, #-32]!
	stp	x18, x19, [sp, #16]
	mov	x19, x0
	ldp	x0, x1, [x19]
	ldp	x2, x3, [x19, #16]
	ldp	x4, x5, [x19, #32]
	ldp	x6, x7, [x19, #48]
	ldp	x8, x9, [x19, #64]
	ldp	x10, x11, [x19, #80]
	ldp	x12, x13, [x19, #96]
	ldp	x14, x15, [x19, #112]
	ldp	x16, x17, [x19, #128]
	smc	#0
	stp	x0, x1, [x19]
	stp	x2, x3, [x19, #16]
	stp	x4, x5, [x19, #32]
	stp	x6, x7, [x19, #48]
	stp	x8, x9, [x19, #64]
	stp	x10, x11, [x19, #80]
	stp	x12, x13, [x19, #96]
	stp	x14, x15, [x19, #112]
	stp	x16, x17, [x19, #128]
	ldp	x18, x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
END_FUNC(smc_call)

	.section .data, "aw"
	.balign 4
mm_built: /* set by the first CPU; read by the others before their MMU is on */
	.word	0
