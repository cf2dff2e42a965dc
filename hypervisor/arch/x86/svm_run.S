/* SPDX-License-Identifier: GPL-2.0-only */
/* AMD-V: the loop a CPU is in for ever, and the window in which it takes what is held back. Companion of svm.c. */
#include <asm/layout.h>
#include <bulkhead/asm.h>
#include <generated/offsets.h>

#include "svm.h"

#define OWN_CPU FRAME_SIZE /* from the frame */
#define OWN_VMCB (FRAME_SIZE + PERCPU_CONTROL - PERCPU_CPU)
#define ARGUMENTS (8 * 8) /* of a hypercall: from the frame down, see call_arguments() */

.macro each_changed op /* what C may change; the guest's rax and rsp are in the control block */
	\op	%rcx, 1
	\op	%rdx, 2
	\op	%rsi, 6
	\op	%rdi, 7
	\op	%r8, 8
	\op	%r9, 9
	\op	%r10, 10
	\op	%r11, 11
.endm

.macro each_kept op
	\op	%rbx, 3
	\op	%rbp, 5
	\op	%r12, 12
	\op	%r13, 13
	\op	%r14, 14
	\op	%r15, 15
.endm

.macro store register, number
	mov	\register, \number * 8(%rsp)
.endm

.macro load register, number
	mov	\number * 8(%rsp), \register
.endm

/*
 * In: rdi = frame. Three ways through it: all of the guest's registers can be seen and changed; those C may change (MSRs); those C
 * may change, and not in the frame (hypercalls). Every way leaves and enters as stage2.c wants it.
 */
FUNC(svm_loop)
	mov	%rdi, %rsp
1:	mov	%rsp, %rdi
	call	svm_before
	each_kept load
2:	each_changed load
	jmp	5f
3:	cmpb	$0, OWN_VMCB + VMCB_CPL(%rsp)
	jne	6f /* a process: only its kernel owns the machine */
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	lea	ARGUMENTS + OWN_CPU(%rsp), %rdi
	mov	%rsp, %rsi
	mov	CPU_INDEX(%rdi), %ecx
	lea	run_count(%rip), %rdx
	incl	(%rdx, %rcx, 4) /* stage2_leave() */
	mov	CPU_EXIT_COUNTERS(%rdi), %rcx
	incq	COUNT_TOTAL(%rcx)
	incq	COUNT_HYPERCALL(%rcx)
	movq	$0, ARGUMENTS + OWN_VMCB + VMCB_INJECT(%rsp)
	movq	$0, ARGUMENTS + OWN_VMCB + VMCB_SHADOW(%rsp)
	addq	$CALL_LENGTH, ARGUMENTS + OWN_VMCB + VMCB_RIP(%rsp)
	mov	ARGUMENTS + OWN_VMCB + VMCB_RAX(%rsp), %rdx
	sub	$CALL_BASE, %rdx
	mov	$CALL_UNKNOWN, %rax
	cmp	$CALL_COUNT, %rdx
	jae	4f
	mov	CPU_CALLS(%rdi), %rcx
	call	*(%rcx, %rdx, 8)
4:	mov	%rax, ARGUMENTS + OWN_VMCB + VMCB_RAX(%rsp)
	lea	ARGUMENTS + OWN_CPU(%rsp), %rdi
	call	svm_enter
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
5:	lea	OWN_VMCB(%rsp), %rax /* its physical address */
	vmrun	%rax
	.globl	svm_exit
svm_exit: /* every entry of a guest goes on here: the bench counts them */
	cmpq	$EXIT_CODE_VMMCALL, OWN_VMCB + VMCB_EXIT_CODE(%rsp)
	je	3b
	cmpq	$EXIT_CODE_MSR, OWN_VMCB + VMCB_EXIT_CODE(%rsp)
	jne	6f
	each_changed store
	mov	%rsp, %rdi
	call	svm_msr
	jmp	2b
6:	each_changed store
	each_kept store
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

/* In: dil = with interrupts: those are taken from the second instruction after sti on. exception of entry.S knows this place. */
FUNC(vcpu_open)
	stgi
	test	%dil, %dil
	jz	1f
	sti
	nop
	nop
	.globl	open_end
open_end:
	cli
1:	clgi
	ret
END_FUNC(vcpu_open)
