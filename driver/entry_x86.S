/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two ways through the hypervisor: entering it and leaving it. Both lose all registers but rsp and run with interrupts off;
 * what a caller keeps lies on its stack.
 *
 * bulkhead_trampoline is the one piece of the kernel that the driver's own page table maps, at the address it has here: on the way
 * in the table is switched below the CPU's feet, on the way back it is switched back. It does not cross a page.
 *
 * An NMI in between would find no handler. So the global interrupt flag, which holds NMIs, is clear from before the first switch to
 * after the last one. To go on as a guest sets it; guests have no STGI. AMD-V is on: arch_enter(), arch_exit().
 */
#include <linux/linkage.h>
#include <asm/ibt.h>
#include <asm/nospec-branch.h>
#include <asm/unwind_hints.h>

#define TRAMPOLINE_SIZE 64

	.macro save
	push	%rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	pushf
	.endm

	.text

/* long bulkhead_enter(u64 base, u64 index, u64 entry, u64 table): all physical addresses */
SYM_CODE_START(bulkhead_enter)
	UNWIND_HINT_FUNC
	save
	mov	%rdx, %rax
	mov	%rcx, %r9
	mov	%cr3, %rdx
	mov	%rsp, %rcx
	lea	1f(%rip), %r8
	clgi
	jmp	bulkhead_trampoline

	.balign	TRAMPOLINE_SIZE
SYM_INNER_LABEL(bulkhead_trampoline, SYM_L_GLOBAL)
	ANNOTATE_NOENDBR
	mov	%r9, %cr3
	ANNOTATE_RETPOLINE_SAFE
	jmp	*%rax
1:	UNWIND_HINT_FUNC
	ENDBR
	mov	%rdx, %cr3
	mov	%rcx, %rsp
	UNWIND_HINT_FUNC
	test	%esi, %esi
	jz	2f
	stgi
2:	popf
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	RET
	.org	bulkhead_trampoline + TRAMPOLINE_SIZE, 0xcc
SYM_CODE_END(bulkhead_enter)

/* long bulkhead_call(u64 number): a call whose argument is where to go on when it did not fail */
SYM_CODE_START(bulkhead_call)
	UNWIND_HINT_FUNC
	save
	mov	%rdi, %rax
	lea	1b(%rip), %rdi
	vmmcall
	mov	%cr3, %rdx
	mov	%rsp, %rcx
	xor	%esi, %esi
	jmp	1b
SYM_CODE_END(bulkhead_call)
