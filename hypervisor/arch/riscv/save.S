/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What functions built with -msave-restore call at their entry and exit instead of storing registers themselves. __riscv_save_N is
 * linked by t0, makes room for ra and N saved registers on the stack and stores them: ra on top of the room, s0 below it, and so on.
 * __riscv_restore_N loads them, takes the room back and returns to ra. The room is a multiple of 16 bytes. Nothing interrupts the
 * hypervisor, so what lies below sp stays. (libgcc's are built for another floating-point ABI and do not link.)
 */
	.macro each_slot do
	\do	12, s11
	\do	11, s10
	\do	10, s9
	\do	9, s8
	\do	8, s7
	\do	7, s6
	\do	6, s5
	\do	5, s4
	\do	4, s3
	\do	3, s2
	\do	2, s1
	\do	1, s0
	\do	0, ra
	.endm

	.macro save_entry n, reg
	.globl __riscv_save_\n
__riscv_save_\n:
	li	t1, (\n + 2) / 2
	j	save_\n
	.endm
	.macro save_slot n, reg
save_\n:
	sd	\reg, -8 * (\n + 1)(sp)
	.endm

	.macro restore_entry n, reg
	.globl __riscv_restore_\n
__riscv_restore_\n:
	addi	sp, sp, (\n + 2) / 2 * 16
	j	restore_\n
	.endm
	.macro restore_slot n, reg
restore_\n:
	ld	\reg, -8 * (\n + 1)(sp)
	.endm

	.text
	each_slot save_entry
	each_slot save_slot
	slli	t1, t1, 4
	sub	sp, sp, t1
	jr	t0

	each_slot restore_entry
	each_slot restore_slot
	ret
