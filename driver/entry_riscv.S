/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two ways through HS-mode: entering the hypervisor and leaving it. Both keep sp, gp and tp and lose all else, and both run
 * with interrupts off. stvec, sstatus and the translations a hart remembers are put right where they go on.
 */
#include <linux/linkage.h>
#include <asm/csr.h>

#define FRAME 128

	.macro each op
	\op	ra, 0(sp)
	\op	s0, 8(sp)
	\op	s1, 16(sp)
	\op	s2, 24(sp)
	\op	s3, 32(sp)
	\op	s4, 40(sp)
	\op	s5, 48(sp)
	\op	s6, 56(sp)
	\op	s7, 64(sp)
	\op	s8, 72(sp)
	\op	s9, 80(sp)
	\op	s10, 88(sp)
	\op	s11, 96(sp)
	.endm

	.macro save
	addi	sp, sp, -FRAME
	each	sd
	addi	s0, sp, FRAME
	csrrci	t0, CSR_STATUS, SR_SIE
	csrr	t1, CSR_TVEC
	sd	t0, 104(sp)
	sd	t1, 112(sp)
	.endm

	.macro restore
	ld	t0, 104(sp)
	ld	t1, 112(sp)
	csrw	CSR_TVEC, t1
	sfence.vma
	csrw	CSR_STATUS, t0
	each	ld
	addi	sp, sp, FRAME
	.endm

	.option	norvc

/* long bulkhead_enter(u64 base, u64 index, u64 entry, u64 satp): base and entry are physical addresses */
SYM_FUNC_START(bulkhead_enter)
	save
	mv	t0, a2
	mv	t1, a3
	csrr	a2, CSR_TVEC
	csrr	a3, CSR_SATP
	csrr	a4, CSR_STATUS
	lla	a5, 1f
	fence.i			/* the image was written as data, by another hart */
	csrw	CSR_TVEC, t0
	sfence.vma		/* no low address is remembered, */
	csrw	CSR_SATP, t1
	sfence.vma		/* nor, if this one is still fetched, any global one: the next fetch faults into the entry */
	.balign	4
1:	restore
	ret
SYM_FUNC_END(bulkhead_enter)

/* long bulkhead_call(u64 extension, u64 number): a call whose argument is where to go on when it did not fail */
SYM_FUNC_START(bulkhead_call)
	save
	mv	a7, a0
	mv	a6, a1
	lla	a0, 1f
	ecall
	.balign	4
1:	restore
	ret
SYM_FUNC_END(bulkhead_call)
