/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry and trap vector of a bare-metal guest. Entered in VS-mode, no translation, interrupts off, a0 = the CPU's number,
 * a1 = the comm page. tp keeps the number for the whole life of the CPU.
 */
#include "port.h"

	.section .head, "ax"
	.option	norvc
	.globl	_start
_start:
	.irp r, ra, sp, gp, tp, t0, t1, t2, t3, t4, t5, t6, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, a2, a3, a4, a5, a6
	or	a7, a7, \r
	.endr
	mv	s1, a1
	.irp r, satp, sie, sscratch, sepc, scause, stval, stvec
	csrr	a2, \r
	or	a7, a7, a2
	.endr
	mv	s0, a7			/* what is not 0 was left by somebody */
	mv	tp, a0
	fence.i				/* another CPU wrote this program */
	lla	t0, trap_entry
	csrw	stvec, t0
	lla	t0, __bss_start
	lla	t1, __bss_end
1:	sd	zero, (t0)
	addi	t0, t0, 8
	bltu	t0, t1, 1b
	lla	sp, boot_stack_top
	mv	a0, s1
	call	port_mmu_init
	csrw	satp, a0
	sfence.vma
	lla	t0, port_start_residue
	sd	s0, (t0)
	mv	a0, s1
	call	port_main
	call	cpu_park

/* Entered by hart_start, a0 = the CPU's number, a1 = struct cpu_slot. */
	.globl	secondary_start
secondary_start:
	mv	tp, a0
	fence.i
	lla	t0, trap_entry
	csrw	stvec, t0
	ld	t0, 8(a1)
	ld	sp, 0(a1)
	csrw	satp, t0
	sfence.vma
	call	port_main_secondary
	call	cpu_park

/* Interrupts and exceptions alike, on the stack of what they hit: there is no user mode here. */
	.balign	4
trap_entry:
	addi	sp, sp, -FRAME_SIZE
	.irp n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	sd	x\n, 8 * (\n - 1)(sp)
	.endr
	addi	t0, sp, FRAME_SIZE
	sd	t0, 8(sp)
	csrr	t0, sepc
	csrr	t1, sstatus
	sd	t0, FRAME_SEPC(sp)
	sd	t1, FRAME_SSTATUS(sp)
	mv	a0, sp
	call	port_trap
	ld	t0, FRAME_SEPC(sp)
	ld	t1, FRAME_SSTATUS(sp)
	csrw	sepc, t0
	csrw	sstatus, t1
	.irp n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ld	x\n, 8 * (\n - 1)(sp)
	.endr
	addi	sp, sp, FRAME_SIZE
	sret

/* in: a0 = function, a1 = its argument; out: a0 = 1, it came back. An exception goes on at trap_guard_out, s0 = the stack then. */
	.globl	trap_guard, trap_guard_out
trap_guard:
	addi	sp, sp, -112
	.set	slot, 0
	.irp r, ra, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
	sd	\r, 8 * slot(sp)
	.set	slot, slot + 1
	.endr
	mv	s0, a0
	mv	s1, a1
	mv	a0, sp
	call	trap_guard_set
	mv	a0, s1
	jalr	s0
	li	s1, 1
	j	1f
trap_guard_out:
	mv	sp, s0
	li	s1, 0
1:	li	a0, 0
	call	trap_guard_set
	mv	a0, s1
	.set	slot, 0
	.irp r, ra, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
	ld	\r, 8 * slot(sp)
	.set	slot, slot + 1
	.endr
	addi	sp, sp, 112
	ret

	.section .bss.stack, "aw", %nobits
	.balign	16
	.skip	16384
boot_stack_top:
