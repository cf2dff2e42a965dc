/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of this port call of each other. */
#ifndef ASM_PORT_H
#define ASM_PORT_H

#include <asm/arch_cpu.h>
#include <asm/x86.h>
#include <bulkhead/abi/fault.h>
#include <bulkhead/cpu.h>
#include <bulkhead/plan.h>

/* entry.S */
__noreturn void native_return(struct cpu *cpu, s64 result);                  /* leaves to where cpu->arch.entry says */
__noreturn void stack_reset(struct cpu *cpu, void (*next)(struct cpu *cpu)); /* calls next on an empty stack */
/* False: there is no such register, or it takes no such value. */
bool msr_read_safe(u32 msr, u64 *value);
bool msr_write_safe(u32 msr, u64 value);
extern char exception_stubs[], exception_stubs_end[], nmi_entry[], machine_check_entry[], init_entry[], interrupt_entry[];

/* mm.c, the driver's table in use, first CPU: builds all CPUs' tables and the interrupt table; 0 or -errno. */
int mm_build(u64 base);

static inline struct trap_frame *frame_of(struct cpu *cpu)
{
	return (struct trap_frame *)cpu - 1; /* on top of the stack, which ends where struct cpu begins */
}

/* In a hypercall: what it was called with; the frame is not the guest's then. */
static inline const u64 *call_arguments(struct cpu *cpu)
{
	return (const u64 *)frame_of(cpu) - 8; /* and four registers more */
}

/* trap.c: from the back end of asm/vcpu.h, one for each kind of exit. */
void trap_nmi(struct cpu *cpu);
void trap_init(struct cpu *cpu);
void trap_nmi_end(struct cpu *cpu);   /* the guest's handler of one has returned */
void trap_cache(struct cpu *cpu);     /* INVD, WBINVD */
void trap_forbidden(struct cpu *cpu); /* an instruction guests do not have */
void trap_exception(struct cpu *cpu, u32 vector, bool has_error, u32 error);
void trap_shutdown(struct cpu *cpu);
__noreturn void trap_unknown(struct cpu *cpu, u64 code);
/* The guest takes a general protection fault; counted when it is the root. */
void inject_gp(struct cpu *cpu);
/* The cell of this CPU ends: fills the record. */
__noreturn void cell_fault(struct cpu *cpu, enum fault_cause cause, u64 address, u64 vaddress);
/*
 * After anything that may have taken an NMI (vcpu_open(), vcpu_sleep()): true if one was, and if it was a kick another can come.
 * The caller then looks at requests: what was asked before that is not announced again.
 */
bool kick_taken(struct cpu *cpu, bool *kick);
/* Requests of other CPUs of this guest, and then of core. */
void requests_service(struct cpu *cpu);

/* cpuid.c, msr.c, pio.c, fault.c */
void trap_cpuid(struct cpu *cpu, struct trap_frame *frame);
void trap_msr(struct cpu *cpu, struct trap_frame *frame, bool write);
struct port_access {
	u16 port;
	u8 width;
	bool in, string;
	u8 length; /* of the instruction */
};
void trap_port(struct cpu *cpu, struct trap_frame *frame, struct port_access access);
void trap_memory(struct cpu *cpu, struct trap_frame *frame, u64 gpa, bool write, bool fetch);

/* msr.c: fills both maps of registers that trap, the root's and all cells' (two bits each; APM vol. 2, 15.11). */
void msr_init(void);
extern u8 msr_map_root[], msr_map_cell[];
/* pio.c */
void port_map_set(struct pa map, struct range ports, bool trapped);
void port_doors_close(struct pa root_map); /* to reset and power */
bool port_is_door(struct range ports);     /* one of them is */

/* apic.c */
#define ENTRY_SIPI BIT64(63) /* of cpu_power_on()'s entry: not an address, but a SIPI's vector */
int __must_check apic_probe(void);
/* What a guest's access to a register comes to. FAULT: general protection; AGAIN: not now, and the guest makes it once more. */
enum access_result { ACCESS_DONE, ACCESS_FAULT, ACCESS_AGAIN };
/* A guest writes the ICR. ACCESS_AGAIN: a CPU that is to start has not taken the INIT before. */
enum access_result __must_check apic_send(struct cpu *cpu, u64 icr);
/* A guest writes a local vector table entry: false: there is none, or it takes no such value. */
bool __must_check apic_write_lvt(struct cpu *cpu, u32 msr, u64 value);
/* Nothing of a former owner is left: no timer, nothing pending or in service, as after INIT. */
void apic_reset(void);
void apic_send_init(u64 hwid); /* a real one */
void apic_send_nmi(u64 hwid);

/* stage2.c, by board CPU: odd while its guest runs, written by the CPU; it drops translations before its guest runs on, taken by it. */
extern u32 run_count[], flush_wanted[];

/*
 * Around the guest's run; true: all translations of guests are to be dropped on the way in. The CPU says that its guest runs, fences,
 * and looks whether to drop translations; who flushes says so, fences, and looks whether the guest runs. One of them sees the other.
 */
static inline bool stage2_enter(struct cpu *cpu)
{
	u32 *count = &run_count[cpu->index];

	store_release(count, *count + 1);
	fence_all();
	return load_acquire(&flush_wanted[cpu->index]) && atomic_swap(&flush_wanted[cpu->index], 0);
}

/* svm_run.S knows it, too: a plain store, as all of them are releases. */
static inline void stage2_leave(struct cpu *cpu)
{
	store_release(&run_count[cpu->index], run_count[cpu->index] + 1);
}

void stage2_forget(struct cpu *cpu); /* this CPU drops all translations of guests before it runs one */

/* context.c: registers of no control block, at reset values */
void context_probe(void);
void context_reset(void);

#endif
