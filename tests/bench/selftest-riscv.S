/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What plugin.c is tested on: a hypervisor of which every executed instruction is known. Runs from reset in M-mode on QEMU's virt board
 * with 2 CPUs. Guest code, and that of M-mode, stands in a section without the code flag, so that the plugin takes it for foreign.
 *
 * Exceptions from the guest cost 8 instructions, entry to SRET; 100 on CPU 0 between marks 1 and 2, 50 on CPU 1 between
 * marks 3 and 4. CPU 1 enters once more by a call that works for 66 instructions, waits for 60 and has 5 counted
 * aside. The reply of mark 5 is compared by the guest: right is mark 6, wrong is mark 7. The same figures as on arm64.
 */
#include "mark.h"

#define HSTATUS_SPV (1 << 7)
#define SSTATUS_SPP (1 << 8)
#define MSTATUS_MPP 0x1800
#define MSTATUS_MPP_S 0x800
#define VS_ECALL (1 << 10)
#define POWER 0x100000
#define POWER_OFF 0x5555

	.option norelax
	.section .text, "ax"
	.globl	image_start
image_start:
	.quad	0x31305453454b4c42 /* any magic number */
	.globl	entry
entry: /* (a1: guest code) */
	lla	t0, trap_entry
	csrw	stvec, t0
	li	t0, HSTATUS_SPV
	csrs	hstatus, t0
	li	t0, SSTATUS_SPP
	csrs	sstatus, t0
	csrw	sepc, a1
	nop
	.option push
	.option norvc
	nop
	.option pop
	nop
	nop
	nop
	sret

	.balign	4
	.globl	trap_entry
trap_entry:
	j	sync
sync:
	bnez	a0, wait
	csrr	t0, sepc
	addi	t0, t0, 4
	csrw	sepc, t0
	nop
	nop
	sret

wait:
	lla	t0, outer
	jalr	t0
	nop
	li	t0, 18
1:	nop
	addi	t0, t0, -1
	bnez	t0, 1b
	li	t0, 20
2:	.4byte	0x0100000f /* pause */
	addi	t0, t0, -1
	bnez	t0, 2b
	csrr	t0, sepc
	addi	t0, t0, 4
	csrw	sepc, t0
	sret

/* Counted aside: 2 + 3 instructions; the call itself is not. */
outer:
	mv	t1, ra
	jal	inner
	jr	t1
inner:
	nop
	ret

	.section .guest, "aw"
	.option norvc
	.globl	machine
machine:
	csrr	a0, mhartid
	lla	a1, guest0
	beqz	a0, 2f
	lla	a1, guest1
	lla	t0, go
1:	lw	t1, (t0)
	beqz	t1, 1b
2:	li	t0, -1
	csrw	pmpaddr0, t0
	li	t0, 0x1f
	csrw	pmpcfg0, t0
	li	t0, VS_ECALL
	csrw	medeleg, t0
	li	t0, MSTATUS_MPP
	csrc	mstatus, t0
	li	t0, MSTATUS_MPP_S
	csrs	mstatus, t0
	lla	t0, entry
	csrw	mepc, t0
	mret

	.globl	guest0
guest0:
	li	s0, 0
	slti	x0, x0, 1
1:	li	a0, 0
	ecall
	addi	s0, s0, 1
	li	t0, 100
	bne	s0, t0, 1b
	slti	x0, x0, 2
	lla	t0, go
	li	t1, 1
	sw	t1, (t0)
	lla	t0, done
2:	lw	t1, (t0)
	beqz	t1, 2b
	lla	s1, reply_page
	jalr	s1
	li	t2, MARK_REPLY_OFFSET
	add	s1, s1, t2
	ld	t0, (s1)
	li	t1, 0x4b52414d4b4c5542
	bne	t0, t1, 3f
	ld	t0, 32(s1) /* exits of CPU 0 */
	li	t1, 100
	bne	t0, t1, 3f
	ld	t0, 32 + 88(s1) /* of CPU 1 */
	li	t1, 51
	bne	t0, t1, 3f
	slti	x0, x0, 6
	j	4f
3:	slti	x0, x0, 7
4:	li	t0, POWER
	li	t1, POWER_OFF
	sw	t1, (t0)
	j	.

	.globl	guest1
guest1:
	li	s0, 0
	slti	x0, x0, 3
1:	li	a0, 0
	ecall
	addi	s0, s0, 1
	li	t0, 50
	bne	s0, t0, 1b
	slti	x0, x0, 4
	li	a0, 1
	ecall
	lla	t0, done
	li	t1, 1
	sw	t1, (t0)
	j	.

	.balign	4
go:
	.word	0
done:
	.word	0

	.balign	MARK_PAGE
reply_page:
	sltiu	x0, x0, 5
	ret
	.balign	MARK_PAGE
