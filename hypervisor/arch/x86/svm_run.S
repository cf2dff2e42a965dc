/* SPDX-License-Identifier: GPL-2.0-only */
/* AMD-V: the loop a CPU is in for ever, and the window in which it takes what is held back. Companion of svm.c. */
#include <asm/layout.h>
#include <bulkhead/asm.h>


/* In: rsp = frame. The guest's rax and rsp are in the control block; svm_before() and svm_after() move them. */
FUNC(svm_loop)
	mov	%rdi, %rsp
1:	mov	%rsp, %rdi
	call	svm_before /* rax: physical address of the control block */
	mov	1 * 8(%rsp), %rcx
	mov	2 * 8(%rsp), %rdx
	mov	3 * 8(%rsp), %rbx
	mov	5 * 8(%rsp), %rbp
	mov	6 * 8(%rsp), %rsi
	mov	7 * 8(%rsp), %rdi
	mov	8 * 8(%rsp), %r8
	mov	9 * 8(%rsp), %r9
	mov	10 * 8(%rsp), %r10
	mov	11 * 8(%rsp), %r11
	mov	12 * 8(%rsp), %r12
	mov	13 * 8(%rsp), %r13
	mov	14 * 8(%rsp), %r14
	mov	15 * 8(%rsp), %r15
	vmrun	%rax
	.globl	svm_exit
svm_exit: /* every entry of a guest goes on here: the bench counts them */
	mov	%rcx, 1 * 8(%rsp)
	mov	%rdx, 2 * 8(%rsp)
	mov	%rbx, 3 * 8(%rsp)
	mov	%rbp, 5 * 8(%rsp)
	mov	%rsi, 6 * 8(%rsp)
	mov	%rdi, 7 * 8(%rsp)
	mov	%r8, 8 * 8(%rsp)
	mov	%r9, 9 * 8(%rsp)
	mov	%r10, 10 * 8(%rsp)
	mov	%r11, 11 * 8(%rsp)
	mov	%r12, 12 * 8(%rsp)
	mov	%r13, 13 * 8(%rsp)
	mov	%r14, 14 * 8(%rsp)
	mov	%r15, 15 * 8(%rsp)
	mov	%rsp, %rdi
	cld
	call	svm_after
	jmp	1b
END_FUNC(svm_loop)

/* nmi_entry of entry.S skips the hlt if the NMI came before it. Interrupts are off: only an NMI ends it. */
FUNC(svm_sleep)
	stgi
	.globl	sleep_hlt
sleep_hlt:
	hlt
	clgi
	ret
END_FUNC(svm_sleep)

/* In: dil = with interrupts. */
FUNC(vcpu_open)
	stgi
	test	%dil, %dil
	jz	1f
	sti
	nop
	nop
	cli
1:	clgi
	ret
END_FUNC(vcpu_open)
