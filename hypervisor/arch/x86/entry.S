/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Image header, the way in (driver's table -> own tables), the way out, exceptions and NMIs of the hypervisor itself, and the few
 * calls C cannot express. Code before the own tables are on addresses RIP-relative.
 */
#include <asm/layout.h>
#include <bulkhead/asm.h>
#include <generated/offsets.h>

#define CR4_LA57_BIT 12
#define CR4_CET_BIT 23
#define VECTOR_GP 13
#define VECTOR_MC 18
#define VECTOR_SX 30
#define HAVE_ERROR_CODE 0x60227d00 /* 8, 10 to 14, 17, 21, 29, 30 */
#define STUB_SIZE 8
#define OPEN_SIZE 2 /* from the first place where an interrupt is taken to open_end */
#define MSR_X2APIC_EOI 0x80b
#define MSR_MCG_STATUS 0x17a
#define MCG_STATUS_MCIP 4
#define R_X86_64_RELATIVE_SIZE 24

	.section .header, "ax"
	.globl image_start
image_start: /* struct image_header */
	.quad	0x444145484b4c5542
	.short	0, 2
	.long	2
	.quad	file_end - image_start
	.quad	image_end - image_start
	.quad	entry - image_start
	.quad	image_end - image_start + 0x1000 + POOL_PAGES * 0x1000
	.quad	PERCPU_SIZE + POOL_PAGES_PER_CPU * 0x1000
	.quad	entry_table - image_start
	.long	ENTRY_TABLE_PAGES, 0

/*
 * In: rdi = base (physical), esi = board CPU number, rdx, rcx = CR3, RSP of the caller, r8 = where to go on; the driver's table
 * on. rbx = boot block, rbp = this CPU's struct cpu, r12 = base, r13d = CPU number. The selectors stay: our GDT has the kernel's.
 */
FUNC(entry)
	endbr64
	mov	%rdi, %r12
	mov	%esi, %r13d
	/* struct cpu = boot block + 4K + blob pages + CPU number * PERCPU_SIZE + PERCPU_CPU. */
	lea	image_end(%rip), %rbx
	mov	BOOT_BLOB_SIZE(%rbx), %eax
	add	$0x1fff, %rax
	and	$~0xfff, %rax
	add	%rbx, %rax
	mov	%esi, %r9d
	imul	$PERCPU_SIZE, %r9, %r9
	lea	PERCPU_CPU(%rax, %r9), %rbp
	mov	%rdx, ENTRY_CR3(%rbp)
	mov	%rcx, ENTRY_RSP(%rbp)
	mov	%r8, ENTRY_RESUME(%rbp)
	sgdt	ENTRY_GDTR(%rbp)
	sidt	ENTRY_IDTR(%rbp)
	mov	%cr4, %rax
	mov	%rax, ENTRY_CR4(%rbp)
	btr	$CR4_CET_BIT, %rax /* we have no landing pads and no shadow stack */
	mov	%rax, %cr4
	lea	-FRAME_SIZE(%rbp), %rsp /* the stack page ends where struct cpu begins; the guest's frame is its top */
	cld

	cmpl	$0, mm_built(%rip)
	jne	1f
	mov	%r12, %rdi
	call	relocate
	mov	%r12, %rdi
	call	mm_build
	test	%eax, %eax
	jnz	3f
	movl	$1, mm_built(%rip)
1:	lea	PERCPU_TABLES - PERCPU_CPU(%rbp), %rax
	mov	%cr4, %rcx
	bt	$CR4_LA57_BIT, %rcx
	jc	2f
	add	$0x1000, %rax /* level 3 */
2:	mov	%rax, %cr3
	lgdt	own_gdtr(%rip)
	lidt	own_idtr(%rip)
	mov	%rbx, %rdi
	mov	%r13d, %esi
	mov	%rbp, %rdx
	call	init_cpu
	test	%eax, %eax
	jnz	3f
	mov	%rbp, %rdi
	mov	ENTRY_RSP(%rbp), %rsi
	mov	ENTRY_CR3(%rbp), %rdx
	xor	%ecx, %ecx
	xor	%r8d, %r8d
	jmp	vcpu_run
3:	movslq	%eax, %rsi
	mov	%rbp, %rdi
	jmp	native_return
END_FUNC(entry)

/* In: rdi = base. Adds it to every R_X86_64_RELATIVE word; the link has no other kind. */
FUNC_LOCAL(relocate)
	lea	rela_start(%rip), %rax
	lea	rela_end(%rip), %rcx
1:	cmp	%rcx, %rax
	jae	2f
	mov	0(%rax), %rdx
	mov	16(%rax), %rsi
	add	%rdi, %rsi
	mov	%rsi, (%rdx, %rdi)
	add	$R_X86_64_RELATIVE_SIZE, %rax
	jmp	1b
2:	ret
END_FUNC(relocate)

/* In: rdi = struct cpu, rsi = result. The driver's table maps us, too, and where the root goes on. */
FUNC(native_return)
	mov	%rsi, %rax
	mov	$1, %esi /* natively: NMIs are to be let in */
	mov	ENTRY_CR3(%rdi), %rdx
	mov	ENTRY_RSP(%rdi), %rcx
	mov	ENTRY_RESUME(%rdi), %r8
	mov	ENTRY_CR4(%rdi), %r9
	lea	entry_table(%rip), %r10
	lgdt	ENTRY_GDTR(%rdi)
	lidt	ENTRY_IDTR(%rdi)
	mov	%r10, %cr3
	mov	%r9, %cr4
	jmp	*%r8
END_FUNC(native_return)

/* In: rdi = struct cpu, rsi = function; rdi is its argument. The guest's frame stays above. */
FUNC(stack_reset)
	lea	-FRAME_SIZE(%rdi), %rsp
	call	*%rsi
	ud2
END_FUNC(stack_reset)

/* bool msr_read_safe(u32 msr, u64 *value); bool msr_write_safe(u32 msr, u64 value): a fault goes to safe_failed. */
FUNC(msr_read_safe)
	mov	%edi, %ecx
safe_rdmsr:
	rdmsr
	shl	$32, %rdx
	or	%rdx, %rax
	mov	%rax, (%rsi)
	mov	$1, %eax
	ret
END_FUNC(msr_read_safe)

FUNC(msr_write_safe)
	mov	%edi, %ecx
	mov	%esi, %eax
	mov	%rsi, %rdx
	shr	$32, %rdx
safe_wrmsr:
	wrmsr
	mov	$1, %eax
	ret
safe_failed:
	xor	%eax, %eax
	ret
END_FUNC(msr_write_safe)

/* An NMI that comes while we let it: it is only counted. One between svm_sleep's check and its hlt takes the hlt away. */
FUNC(nmi_entry)
	push	%rax
	lea	sleep_hlt(%rip), %rax
	cmp	%rax, 8(%rsp)
	jne	1f
	incq	8(%rsp) /* hlt is one byte */
1:	mov	%rsp, %rax
	and	$~0xfff, %rax
	incq	PERCPU_CPU + CPU_NMIS(%rax)
	pop	%rax
	iretq
END_FUNC(nmi_entry)

/* Vector 18 is also one a guest may send: a machine check says so in MCG_STATUS. */
FUNC(machine_check_entry)
	push	%rax
	push	%rcx
	push	%rdx
	mov	$MSR_MCG_STATUS, %ecx
	rdmsr
	test	$MCG_STATUS_MCIP, %al
	pop	%rdx
	pop	%rcx
	pop	%rax
	jnz	exception_stubs + VECTOR_MC * STUB_SIZE
	jmp	interrupt_entry
END_FUNC(machine_check_entry)

/* Vector 30, too: an INIT, if there is its error code; no return address is 1. */
FUNC(init_entry)
	cmpq	$1, (%rsp)
	jne	exception_stubs + VECTOR_SX * STUB_SIZE
	add	$8, %rsp
	iretq
END_FUNC(init_entry)

/* A former owner's interrupt, taken to be rid of it. */
FUNC(interrupt_entry)
	push	%rax
	push	%rcx
	push	%rdx
	mov	$MSR_X2APIC_EOI, %ecx
	xor	%eax, %eax
	xor	%edx, %edx
	wrmsr
	pop	%rdx
	pop	%rcx
	pop	%rax
	iretq
END_FUNC(interrupt_entry)

/* Vectors 0..31, of one size. */
	.text
	.balign	STUB_SIZE
	.globl	exception_stubs
exception_stubs:
	.set	vector, 0
	.rept	32
	.balign	STUB_SIZE
	push	$vector
	jmp	exception
	.set	vector, vector + 1
	.endr

	.balign	STUB_SIZE
	.globl	exception_stubs_end
exception_stubs_end:
/* Nothing faults in vcpu_open(): what comes there was sent, whatever its vector. QEMU delivers even those below 16. */
FUNC_LOCAL(exception)
	push	%rax
	lea	open_end(%rip), %rax
	sub	16(%rsp), %rax /* where it was, if there is no error code */
	cmp	$OPEN_SIZE, %rax
	ja	1f
	pop	%rax
	add	$8, %rsp
	jmp	interrupt_entry
1:	cmpl	$VECTOR_GP, 8(%rsp)
	jne	3f
	lea	safe_rdmsr(%rip), %rax
	cmp	%rax, 24(%rsp)
	je	2f
	lea	safe_wrmsr(%rip), %rax
	cmp	%rax, 24(%rsp)
	jne	3f
2:	lea	safe_failed(%rip), %rax
	mov	%rax, 24(%rsp)
	pop	%rax
	add	$16, %rsp
	iretq
3:	mov	8(%rsp), %edi
	mov	16(%rsp), %rsi
	mov	24(%rsp), %rdx
	mov	$HAVE_ERROR_CODE, %eax
	bt	%edi, %eax
	jc	4f
	mov	%rsi, %rdx
	xor	%esi, %esi
4:	and	$-16, %rsp
	call	own_exception
	ud2
END_FUNC(exception)

	.section .data, "aw"
	.balign 8
own_gdt: /* accessed already, so that loading one writes nothing */
	.quad	0, 0
	.quad	0x00af9b000000ffff /* KERNEL_CS */
	.quad	0x00cf93000000ffff /* KERNEL_SS */
own_gdtr:
	.short	4 * 8 - 1
	.quad	own_gdt
	.balign 8
own_idtr:
	.short	4095
	.quad	own_idt
	.balign 4
mm_built: /* set by the first CPU */
	.long	0

	.section .bss.entry_table, "aw", @nobits
	.balign 4096
entry_table: /* the driver's, see abi/boot.h */
	.skip	ENTRY_TABLE_PAGES * 4096
