/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two ways through HS-mode: entering the hypervisor and leaving it. Both keep ra, sp, gp, tp and s0-s11 and lose all else, and
 * both run with interrupts off. stvec, sstatus and the translations a hart remembers are put right where they go on.
 */
#include <linux/linkage.h>
#include <asm/csr.h>

#define FRAME 32

	.macro save
	addi	sp, sp, -FRAME
	sd	ra, 24(sp)
	sd	s0, 16(sp)
	sd	s1, 8(sp)
	sd	s2, 0(sp)
	addi	s0, sp, FRAME
	csrrci	s2, CSR_STATUS, SR_SIE
	csrr	s1, CSR_TVEC
	.endm

	.macro restore
	csrw	CSR_TVEC, s1
	sfence.vma
	csrw	CSR_STATUS, s2
	ld	s2, 0(sp)
	ld	s1, 8(sp)
	ld	s0, 16(sp)
	ld	ra, 24(sp)
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
