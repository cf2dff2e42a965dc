/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hardware's way of running a guest, one implementation per vendor: svm.c. Everything acts on the calling CPU and its own
 * guest; the rest of the port knows no vendor. Traps come back by the trap_*() functions of asm/port.h.
 */
#ifndef ASM_VCPU_H
#define ASM_VCPU_H

#include <bulkhead/cpu.h>

/* -ENODEV with a log line: this machine cannot, or somebody else uses it. Changes nothing. */
int __must_check vcpu_probe(void);
/* What the kernel had as its registers becomes the guest's, which goes on at entry.resume. The driver switched it on and holds NMIs. */
void vcpu_enable(struct cpu *cpu);
/* The guest's registers become the CPU's, NMIs held; what native_return() needs is in cpu->arch.entry. The driver switches it off. */
void vcpu_disable(struct cpu *cpu);
void vcpu_off(struct cpu *cpu); /* off, and the guest's registers are nobody's */
/* Tables, permission maps and intercepts of the cell this CPU is about to run; drops all translations of guests. */
void vcpu_bind(struct cpu *cpu, const struct cell *cell);
/* Registers a guest starts with: flat protected mode at entry, or real mode at a SIPI's vector. Not the general ones. */
void vcpu_reset_flat(struct cpu *cpu, u32 entry);
void vcpu_reset_real(struct cpu *cpu, u8 vector);
/* Runs the guest for ever, its general registers zero but for these; the stack starts anew. */
__noreturn void vcpu_run(struct cpu *cpu, u64 rcx, u64 rdx, u64 rsi, u64 rdi);

/* Takes what is held back: NMIs of ours that are pending, or, to sleep, the next one. Interrupts stay held if !interrupts. */
void vcpu_open(bool interrupts);
void vcpu_sleep(void);

void vcpu_skip(struct cpu *cpu, u32 length); /* the trapped instruction is done */
void vcpu_inject(u32 vector, bool has_error, u32 error);
bool __must_check vcpu_inject_nmi(void); /* false: another event is being delivered */
bool vcpu_handles_nmi(void);             /* it takes no other meanwhile; trap_nmi_end() says when it ends */
bool vcpu_is_user(void);                 /* not in ring 0 */
u32 vcpu_code_bits(void);                /* 16, 32 or 64 */

enum vcpu_register { VCPU_RIP, VCPU_RFLAGS, VCPU_CR0, VCPU_CR2, VCPU_CR3, VCPU_CR4, VCPU_EFER, VCPU_CS_BASE, VCPU_SYNDROME };
u64 vcpu_read(enum vcpu_register reg);
/* The guest writes EFER: false: not a value it can have. */
bool __must_check vcpu_write_efer(u64 value);

#endif
