/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Image header, the way in (driver's table -> own tables), trap entry and return, the way out, and the few calls C cannot
 * express. Code before the own tables are on addresses PC-relative. gp, tp, t2-t6 stay the guest's: the compiler is told so,
 * and nothing here uses them once a guest runs.
 */
#include <asm/csr.h>
#include <asm/layout.h>
#include <bulkhead/asm.h>
#include <generated/offsets.h>

#define ENTRY_STVEC (CPU_ENTRY_STATE + 0)
#define ENTRY_SATP (CPU_ENTRY_STATE + 8)
#define ENTRY_SSTATUS (CPU_ENTRY_STATE + 16)
#define ENTRY_RESUME (CPU_ENTRY_STATE + 24)
#define ENTRY_SSCRATCH (CPU_ENTRY_STATE + 32)

	.section .header, "ax"
	.globl image_start
image_start: /* struct image_header */
	.quad	0x444145484b4c5542
	.short	0, 2
	.long	3
	.quad	file_end - image_start
	.quad	image_end - image_start
	.quad	entry - image_start
	.quad	image_end - image_start + 0x1000 + POOL_PAGES * 0x1000
	.quad	PERCPU_SIZE + POOL_PAGES_PER_CPU * 0x1000
	.quad	entry_table - image_start
	.long	1, 0

/*
 * In: a0 = base (physical), a1 = board CPU number, a2-a4 = stvec, satp, sstatus of the caller, a5 = where to go on; here by a
 * page fault, the driver's table on. sp, gp, tp are the caller's. s1 = boot block, s2 = per-CPU block's struct cpu,
 * s3 = base, s4 = CPU number.
 */
FUNC(entry)
	mv	s3, a0
	mv	s4, a1
	/* struct cpu = boot block + 4K + blob pages + CPU number * PERCPU_SIZE + PERCPU_CPU. */
	lla	s1, image_end
	lwu	t0, BOOT_BLOB_SIZE(s1)
	li	t1, 0x1fff
	add	t0, t0, t1
	srli	t0, t0, 12
	slli	t0, t0, 12
	add	t0, t0, s1
	li	t1, PERCPU_SIZE
	mul	t1, t1, a1
	add	t0, t0, t1
	li	t1, PERCPU_CPU
	add	s2, t0, t1
	sd	a2, ENTRY_STVEC(s2)
	sd	a3, ENTRY_SATP(s2)
	sd	a4, ENTRY_SSTATUS(s2)
	sd	a5, ENTRY_RESUME(s2)
	csrr	t0, CSR_SSCRATCH
	sd	t0, ENTRY_SSCRATCH(s2)
	mv	s5, sp
	mv	sp, s2 /* the stack page ends where struct cpu begins */

	lla	s6, mm_built
	lw	t0, (s6)
	bnez	t0, 1f
	jal	relocate
	mv	a0, s3
	call	mm_build
	bnez	a0, 2f
	li	t0, 1
	sw	t0, (s6)
1:	li	t0, PERCPU_TABLES - PERCPU_CPU
	add	t0, t0, s2
	srli	t0, t0, 12
	li	t1, ATP_MODE_SV39
	slli	t1, t1, ATP_MODE_SHIFT
	or	t0, t0, t1
	csrw	CSR_SATP, t0
	sfence.vma
	fence.i
	addi	t0, s2, -FRAME_SIZE
	csrw	CSR_SSCRATCH, t0
	lla	t0, trap_entry
	csrw	CSR_STVEC, t0
	mv	a0, s1
	mv	a1, s4
	mv	a2, s2
	call	init_cpu
	bnez	a0, 2f
	ld	t0, ENTRY_RESUME(s2)
	csrw	CSR_SEPC, t0
	li	a0, 0
	li	a1, 0
	mv	a2, s5
	mv	a3, gp
	mv	a4, tp
	j	guest_enter
2:	mv	a2, a0
	mv	a0, s2
	mv	a1, s5
	j	native_return
END_FUNC(entry)

/* Adds the base (s3) to every R_RISCV_RELATIVE word; the link has no other kind. Clobbers t0-t3. */
FUNC_LOCAL(relocate)
	lla	t0, rela_start
	lla	t1, rela_end
1:	bgeu	t0, t1, 2f
	ld	t2, 0(t0)
	ld	t3, 16(t0)
	add	t2, t2, s3
	add	t3, t3, s3
	sd	t3, 0(t2)
	addi	t0, t0, 24
	j	1b
2:	ret
END_FUNC(relocate)

/*
 * In: a0 = struct cpu, a1 = sp, a2 = result. Takes the root's own address space: as this page is not in it, the next fetch
 * faults to where the root goes on.
 */
FUNC(native_return)
	ld	t0, ENTRY_RESUME(a0)
	ld	t1, ENTRY_SATP(a0)
	ld	a3, ENTRY_SSCRATCH(a0)
	csrw	CSR_SSCRATCH, a3
	csrw	CSR_STVEC, t0
	mv	sp, a1
	mv	a0, a2
	csrw	CSR_SATP, t1
	sfence.vma
1:	j	1b
END_FUNC(native_return)

/* In: a0, a1: the guest's; a2-a4: its sp, gp, tp; all other registers are zero. The stack starts anew. */
FUNC(guest_enter)
	csrr	sp, CSR_SSCRATCH
	addi	t0, sp, FRAME_SIZE
	mv	t1, sp
1:	sd	zero, (t1)
	addi	t1, t1, 8
	bltu	t1, t0, 1b
	sd	a2, 2 * 8(sp)
	sd	a3, 3 * 8(sp)
	sd	a4, 4 * 8(sp)
	sd	a0, 10 * 8(sp)
	sd	a1, 11 * 8(sp)
	j	trap_return
END_FUNC(guest_enter)

/* In: a0 = struct cpu, a1 = function; a0 is its argument. */
FUNC(stack_reset)
	mv	sp, a0
	jalr	a1
	j	.
END_FUNC(stack_reset)

/* In: a0 = function, a1 = its argument, a2 = where its result goes. Out: a0 = 1, or 0: it trapped. */
FUNC(try_read)
	addi	sp, sp, -48
	sd	ra, 0(sp)
	sd	s0, 8(sp)
	sd	s1, 16(sp)
	sd	s2, 24(sp)
	csrr	s0, CSR_STVEC
	mv	s1, sp
	mv	s2, a2
	lla	t0, 1f
	csrw	CSR_STVEC, t0
	mv	t0, a0
	mv	a0, a1
	jalr	t0
	sd	a0, (s2)
	li	a0, 1
	j	2f
	.balign 4 /* stvec wants it */
1:	mv	sp, s1
	li	a0, 0
2:	csrw	CSR_STVEC, s0
	ld	ra, 0(sp)
	ld	s0, 8(sp)
	ld	s1, 16(sp)
	ld	s2, 24(sp)
	addi	sp, sp, 48
	ret
END_FUNC(try_read)

/*
 * Two frames: every trap saves what a C function may change; all but calls also save the rest, so that the whole of the guest
 * can be seen and changed. While a guest runs, sscratch holds the address of the frame, which is on top of the stack.
 */
.macro each_untouched op /* gcc keeps its hands off these (-ffixed); clang 14 knows the option but forgets it */
	\op	t2, 7 * 8(sp)
	\op	t3, 28 * 8(sp)
	\op	t4, 29 * 8(sp)
	\op	t5, 30 * 8(sp)
	\op	t6, 31 * 8(sp)
.endm

.macro each_changed op
	\op	ra, 1 * 8(sp)
	\op	t0, 5 * 8(sp)
	\op	t1, 6 * 8(sp)
	\op	a1, 11 * 8(sp)
	\op	a2, 12 * 8(sp)
	\op	a3, 13 * 8(sp)
	\op	a4, 14 * 8(sp)
	\op	a5, 15 * 8(sp)
	\op	a6, 16 * 8(sp)
	\op	a7, 17 * 8(sp)
#ifdef __clang__
	each_untouched \op
#endif
.endm

.macro each_kept op
#ifndef __clang__
	each_untouched \op
#endif
	\op	gp, 3 * 8(sp)
	\op	tp, 4 * 8(sp)
	\op	s0, 8 * 8(sp)
	\op	s1, 9 * 8(sp)
	\op	s2, 18 * 8(sp)
	\op	s3, 19 * 8(sp)
	\op	s4, 20 * 8(sp)
	\op	s5, 21 * 8(sp)
	\op	s6, 22 * 8(sp)
	\op	s7, 23 * 8(sp)
	\op	s8, 24 * 8(sp)
	\op	s9, 25 * 8(sp)
	\op	s10, 26 * 8(sp)
	\op	s11, 27 * 8(sp)
.endm

FUNC(trap_entry)
	csrrw	sp, CSR_SSCRATCH, sp
	sd	a0, 10 * 8(sp)
	each_changed sd
	csrrw	t0, CSR_SSCRATCH, sp
	sd	t0, 2 * 8(sp)
	mv	a0, sp
	csrr	a1, CSR_SCAUSE
	li	t0, EXC_ECALL_VS
	bne	a1, t0, 1f
	call	trap_ecall /* its result is the guest's a0 */
	j	2f
1:	each_kept sd
	call	trap_other
	.globl trap_return
trap_return: /* In: sp = frame. */
	each_kept ld
	ld	a0, 10 * 8(sp)
2:	each_changed ld
	ld	sp, 2 * 8(sp)
	sret
END_FUNC(trap_entry)

	.section .data, "aw"
	.balign 4
mm_built: /* set by the first CPU */
	.word	0

	.section .bss.entry_table, "aw", @nobits
	.balign 4096
entry_table: /* the driver's, see abi/boot.h */
	.skip	4096
