/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What plugin.c is tested on: a hypervisor of which every executed instruction is known. Started by its PVH note on a PC with 2 CPUs.
 * Guest code, and what makes a long mode of the CPU, stands in a section without the code flag, so that the plugin takes it for foreign.
 *
 * Exits of the guest cost 8 instructions, what follows VMRUN to VMRUN; 100 on CPU 0 between marks 1 and 2, 50 on CPU 1 between
 * marks 3 and 4. CPU 1 enters once more by a call that works for 66 instructions, waits for 60 and has 5 counted aside; one of them
 * is the first of an exception's entry. The reply of mark 5 is compared by the guest: right is mark 6, wrong is mark 7. The same
 * figures as on arm64, but that the VMRUN of the way in is that of the loop.
 */
#include "mark.h"

#define MSR_APIC_BASE 0x1b
#define APIC_X2APIC 0xc00
#define MSR_X2APIC_ID 0x802
#define MSR_X2APIC_ICR 0x830
#define ICR_INIT 0x4500
#define ICR_STARTUP 0x4600
#define MSR_EFER 0xc0000080
#define MSR_VM_HSAVE_PA 0xc0010117
#define EFER_LME_SVME 0x1100
#define TRAMPOLINE 0x8000
#define POWER_OFF_PORT 0x604
#define POWER_OFF 0x2000

/* Of the control block. */
#define VMCB_INTERCEPTS 0x10 /* VMRUN and VMMCALL */
#define VMCB_ASID 0x58
#define VMCB_CS 0x410
#define VMCB_SS 0x420
#define VMCB_EFER 0x4d0
#define VMCB_CR4 0x548
#define VMCB_CR3 0x550
#define VMCB_CR0 0x558
#define VMCB_RFLAGS 0x570
#define VMCB_RIP 0x578

	.macro	MARK_HERE n
	.byte	0x0f, 0x19, 0x80
	.long	\n
	.endm

	.section .note.pvh, "a", @note
	.long	4, 4, 18
	.asciz	"Xen"
	.long	machine

	.section .text, "ax"
	.globl	image_start
image_start:
	.quad	0x31305453454b4c42 /* any magic number */
	.type	entry, @function
	.globl	entry
entry: /* (rax: control block) */
	.rept	12
	nop
	.endr
	jmp	.Lrun

	.type	run, @function
run:
.Lrun:
	vmrun	%rax
	.globl	svm_exit
svm_exit:
	test	%ebx, %ebx
	jnz	.Lwait
	nop
	nop
	nop
.Lreturn:
	addq	$3, VMCB_RIP(%rax)
	jmp	.Lrun

.Lwait:
	call	outer
	call	exception_stubs
	mov	$17, %ecx
1:	nop
	dec	%ecx
	jnz	1b
	mov	$12, %ecx
2:	call	relax
	dec	%ecx
	jnz	2b
	.byte	0x66, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0 /* lengths are what QEMU says, not what the plugin finds loops by */
	.long	0x12345678
	lea	outer, %rdx
	cmp	$0x12345678, %rdx
	testb	$1, 3(%rdx)
	jmp	.Lreturn

/* Counted aside: 2 + 3 instructions; the call itself is not. */
	.type	outer, @function
outer:
	nop
	call	*inner_address
	ret
	.type	inner, @function
inner:
	nop
	ret

	.balign	16
	.globl	exception_stubs
	.globl	exception_stubs_end
exception_stubs:
	ret
exception_stubs_end:

	.type	relax, @function
relax:
	pause
	ret

	.section .guest, "aw"
	.code32
	.globl	machine
machine:
	cli
	lgdtl	gdt_pointer
	ljmpl	$0x18, $protected
protected:
	mov	$0x10, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	$0xa0, %eax /* PAE, PGE */
	mov	%eax, %cr4
	mov	$tables, %eax
	mov	%eax, %cr3
	mov	$MSR_EFER, %ecx
	mov	$EFER_LME_SVME, %eax
	xor	%edx, %edx
	wrmsr
	mov	$0x80000031, %eax
	mov	%eax, %cr0
	ljmpl	$0x08, $long
	.code64
long:
	mov	$MSR_APIC_BASE, %ecx
	rdmsr
	or	$APIC_X2APIC, %eax
	wrmsr
	mov	$MSR_X2APIC_ID, %ecx
	rdmsr
	mov	%eax, %esi /* CPU number */
	shl	$12, %eax
	lea	host_areas(%rax), %rdi
	lea	blocks(%rax), %r8
	lea	stacks + 4096(%rax), %rsp
	mov	$MSR_VM_HSAVE_PA, %ecx
	mov	%edi, %eax
	xor	%edx, %edx
	wrmsr
	movl	$3, VMCB_INTERCEPTS(%r8)
	movl	$1, VMCB_ASID(%r8)
	movl	$0x0a9b0008, VMCB_CS(%r8)
	movl	$0xffffffff, VMCB_CS + 4(%r8)
	movl	$0x0c930010, VMCB_SS(%r8)
	movl	$0xffffffff, VMCB_SS + 4(%r8)
	mov	$MSR_EFER, %ecx
	rdmsr
	mov	%rax, VMCB_EFER(%r8)
	mov	%cr0, %rax
	mov	%rax, VMCB_CR0(%r8)
	mov	%cr3, %rax
	mov	%rax, VMCB_CR3(%r8)
	mov	%cr4, %rax
	mov	%rax, VMCB_CR4(%r8)
	movl	$2, VMCB_RFLAGS(%r8)
	lea	guest0, %rax
	lea	guest1, %rcx
	test	%esi, %esi
	cmovnz	%rcx, %rax
	mov	%rax, VMCB_RIP(%r8)
	mov	%r8, %rax
	xor	%ebx, %ebx
	jmp	entry

guest0:
	xor	%ebp, %ebp
	MARK_HERE 1
1:	vmmcall
	inc	%ebp
	cmp	$100, %ebp
	jne	1b
	MARK_HERE 2
	mov	$trampoline, %esi
	mov	$TRAMPOLINE, %edi
	mov	$trampoline_end - trampoline, %ecx
	cld
	rep movsb
	mov	$MSR_X2APIC_ICR, %ecx
	mov	$1, %edx
	mov	$ICR_INIT, %eax
	wrmsr
	mov	$10000000, %esi
2:	dec	%esi
	jnz	2b
	mov	$ICR_STARTUP | TRAMPOLINE >> 12, %eax
	wrmsr
3:	cmpl	$0, done
	je	3b
	lea	stack_of_guest, %rsp
	call	reply_page
	mov	$0x4b52414d4b4c5542, %rdx
	cmp	%rdx, reply_page + MARK_REPLY_OFFSET
	jne	4f
	cmpq	$100, reply_page + MARK_REPLY_OFFSET + 32 /* exits of CPU 0 */
	jne	4f
	cmpq	$51, reply_page + MARK_REPLY_OFFSET + 32 + 88 /* of CPU 1 */
	jne	4f
	MARK_HERE 6
	jmp	5f
4:	MARK_HERE 7
5:	mov	$POWER_OFF_PORT, %edx
	mov	$POWER_OFF, %eax
	outw	%ax, %dx
6:	jmp	6b

guest1:
	xor	%ebp, %ebp
	MARK_HERE 3
1:	vmmcall
	inc	%ebp
	cmp	$50, %ebp
	jne	1b
	MARK_HERE 4
	mov	$1, %ebx
	vmmcall
	movl	$1, done
2:	jmp	2b

	.code16
trampoline:
	cli
	mov	%cs, %ax
	mov	%ax, %ds
	lgdtl	gdt_pointer - trampoline
	mov	$0x31, %eax
	mov	%eax, %cr0
	ljmpl	$0x18, $protected
	.balign	4
gdt_pointer:
	.word	4 * 8 - 1
	.long	gdt
trampoline_end:

	.balign	8
gdt:
	.quad	0
	.quad	0x00af9b000000ffff
	.quad	0x00cf93000000ffff
	.quad	0x00cf9b000000ffff
inner_address:
	.quad	inner
done:
	.long	0

	.balign	4096
tables:
	.quad	tables + 4096 + 3
	.balign	4096
	.quad	0x83 /* one gigabyte */
	.balign	4096
host_areas:
	.skip	2 * 4096
blocks:
	.skip	2 * 4096
stacks:
	.skip	2 * 4096
	.skip	1024
stack_of_guest:

	.balign	MARK_PAGE
reply_page:
	.byte	0x0f, 0x19, 0x88
	.long	5
	ret
	.balign	MARK_PAGE
