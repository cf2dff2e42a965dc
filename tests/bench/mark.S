/* SPDX-License-Identifier: GPL-2.0-only */
/* mark.c's table of marks, alone in its page, and the program's start. */
#include "mark.h"

	.text
	.globl	_start
_start:
#ifdef __riscv
	mv	s0, zero
	mv	ra, zero
	ld	a0, (sp)
	addi	a1, sp, 8
	call	mark_main
	li	a7, 93 /* exit */
	ecall

	.globl	write_bytes
write_bytes: /* (fd, data, size) */
	li	a7, 64
	ecall
	ret
#elif defined(__x86_64__)
	xor	%ebp, %ebp
	mov	(%rsp), %edi
	lea	8(%rsp), %rsi
	call	mark_main
	mov	%eax, %edi
	mov	$60, %eax /* exit */
	syscall

	.globl	write_bytes
write_bytes: /* (fd, data, size) */
	mov	$1, %eax
	syscall
	ret
#else
	mov	x29, #0
	mov	x30, #0
	ldr	x0, [sp]
	add	x1, sp, #8
	bl	mark_main
	mov	x8, #93 /* exit */
	svc	#0

	.globl	write_bytes
write_bytes: /* (fd, data, size) */
	mov	x8, #64
	svc	#0
	ret
#endif

	.balign	MARK_PAGE
	.globl	mark_table
mark_table:
	.set	n, 0
	.rept	256
#ifdef __riscv
	.option	norvc
	sltiu	x0, x0, n
	jr	ra
#elif defined(__x86_64__)
	.byte	0x0f, 0x19, 0x88
	.long	n
	ret
#else
	movk	xzr, #n
	ret
#endif
	.set	n, n + 1
	.endr
	.balign	MARK_PAGE
	.section .note.GNU-stack, "", %progbits
