/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry and trap vectors of a bare-metal guest. Entered in 32-bit protected mode without paging, flat segments, interrupts off, esi and
 * edi = the comm page, all other registers 0. Nothing is on a stack and no descriptor table exists yet.
 */
#include "port.h"

	.section .head, "ax"
	.code32
	.globl	_start
_start:
	orl	%ecx, %ebx
	orl	%edx, %ebx
	orl	%eax, %ebx
	orl	%ebp, %ebx
	orl	%esp, %ebx
	.irp r, cr2, cr3, cr4
	movl	%\r, %eax
	orl	%eax, %ebx
	.endr
	movl	$MSR_FS_BASE, %ecx
	rdmsr
	orl	%eax, %ebx
	orl	%edx, %ebx
	incl	%ecx
	rdmsr				/* GS */
	orl	%eax, %ebx
	orl	%edx, %ebx		/* what is not 0 was left by somebody */
	cld
	movl	$__bss_start, %edi
	movl	$__bss_end, %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	xorl	%eax, %eax
	rep stosl
	movl	%ebx, port_start_residue

	/* The 2 MiB this program lies in, mapped to itself; mmu.c adds the rest. */
	movl	$port_tables + 4096 + 3, port_tables
	movl	$_start, %eax
	movl	%eax, %ecx
	shrl	$30, %ecx
	movl	$port_tables + 8192 + 3, port_tables + 4096(, %ecx, 8)
	movl	%eax, %ecx
	shrl	$21, %ecx
	andl	$511, %ecx
	andl	$0xffe00000, %eax
	orl	$0x83, %eax
	movl	%eax, port_tables + 8192(, %ecx, 8)

	lgdt	port_gdt_pointer
	movl	$first_long, %edi
	jmp	enter_long

secondary_protected:
	movw	$SELECTOR_DATA, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	port_starting, %esi
	movl	$secondary_long, %edi

/* The tables are there: on in 64-bit mode at edi, with esi kept. */
enter_long:
	movl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$port_tables, %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME | EFER_NXE, %eax
	wrmsr
	movl	$CR0_PG | CR0_WP | CR0_NE | CR0_PE, %eax
	movl	%eax, %cr0
	ljmpl	$SELECTOR_CODE, $long_mode

	.code64
long_mode:
	movw	$SELECTOR_DATA, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	xorl	%eax, %eax
	movw	%ax, %fs
	movw	%ax, %gs
	movl	%esi, %esi		/* the upper halves are not defined after the switch */
	movl	%edi, %edi
	jmp	*%rdi

first_long:
	.irp r, r9, r10, r11, r12, r13, r14, r15
	orq	%\r, %r8
	.endr
	orq	%r8, port_start_residue(%rip)
	leaq	port_stacks + STACK_SIZE(%rip), %rsp
	movq	%rsi, %rdi
	call	port_start
	call	cpu_park

secondary_long:
	movq	%rsi, %rax
	imulq	$STACK_SIZE, %rax, %rcx
	leaq	port_stacks(%rip), %rsp
	addq	%rcx, %rsp
	movq	%rax, (%rsp)
	addq	$STACK_SIZE, %rsp
	call	port_start_secondary
	call	cpu_park

/*
 * Copied to TRAMPOLINE: the first instructions of a CPU, in real mode with cs = TRAMPOLINE / 16. The descriptor table is the one above,
 * reached with a 32-bit base; no page tables yet.
 */
	.code16
	.globl	trampoline, trampoline_end
trampoline:
	cli
	movw	%cs, %ax
	movw	%ax, %ds
	lgdtl	trampoline_gdt - trampoline
	movl	$CR0_NE | CR0_PE, %eax
	movl	%eax, %cr0
	ljmpl	$SELECTOR_CODE32, $secondary_protected
	.balign	4
trampoline_gdt:
	.word	port_gdt_end - port_gdt - 1
	.long	port_gdt
trampoline_end:

	.code64
	.section .text.traps, "ax"
	.balign	STUB_SIZE
	.globl	port_stubs
port_stubs:
	.set	vector, 0
	.rept	VECTOR_COUNT
	/* Exceptions that push an error code themselves: 8, 10-14, 17, 21, 29, 30. */
	.set	pushes, 0
	.if	vector <= 30
	.set	pushes, (0x60227d00 >> vector) & 1
	.endif
	.if	!pushes
	pushq	$0
	.endif
	pushq	$vector
	jmp	trap_common
	.balign	STUB_SIZE
	.set	vector, vector + 1
	.endr

trap_common:
	.irp r, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	pushq	%\r
	.endr
	cld
	movq	%rsp, %rdi
	movq	%rsp, %rbp
	andq	$-16, %rsp
	call	port_trap
	movq	%rbp, %rsp
	.irp r, r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax
	popq	%\r
	.endr
	addq	$16, %rsp
	iretq

/* in: rdi = function, rsi = its argument; out: al = 1, it came back. An exception goes on at trap_guard_out, with this stack. */
	.globl	trap_guard, trap_guard_out
trap_guard:
	.irp r, rbx, rbp, r12, r13, r14, r15
	pushq	%\r
	.endr
	subq	$8, %rsp
	movq	%rdi, %rbx
	movq	%rsi, %rbp
	movq	%rsp, %rdi
	call	trap_guard_set
	movq	%rbp, %rdi
	call	*%rbx
	movl	$1, %ebx
	jmp	1f
trap_guard_out:
	xorl	%ebx, %ebx
1:	xorl	%edi, %edi
	call	trap_guard_set
	movl	%ebx, %eax
	addq	$8, %rsp
	.irp r, r15, r14, r13, r12, rbp, rbx
	popq	%\r
	.endr
	ret

	.section .rodata.gdt, "a"
	.balign	16
port_gdt:
	.quad	0
	.quad	0x00209b0000000000	/* 64-bit code; the accessed bits are set, so that nothing writes here */
	.quad	0x00cf93000000ffff	/* data */
	.quad	0x00cf9b000000ffff	/* 32-bit code */
port_gdt_end:
	.word	0
	.globl	port_gdt_pointer
port_gdt_pointer:
	.word	port_gdt_end - port_gdt - 1
	.quad	port_gdt
