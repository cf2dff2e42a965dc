/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * AMD-V behind asm/vcpu.h: the control block of each CPU's guest, what it intercepts and why, the decoding of exits. No other file
 * knows the vendor. INTR is not intercepted: a guest's interrupts are its own and cost no exit. The hypervisor runs with the global
 * interrupt flag clear, but for vcpu_open() and vcpu_sleep(). AMD APM vol. 2, chapter 15 and appendices B and C.
 */
#include <asm/layout.h>
#include <asm/port.h>
#include <asm/vcpu.h>
#include <asm/x86.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

#include "svm.h"

/* Bits of intercept[]: n / 32, n % 32. */
enum {
	ON_NMI = 1,
	ON_INIT = 3,
	ON_RDPMC = 15,
	ON_CPUID = 18,
	ON_IRET = 20, /* while the guest handles an NMI */
	ON_INVD = 22,
	ON_INVLPGA = 26,
	ON_PORT = 27,
	ON_MSR = 28,
	ON_SHUTDOWN = 31,
	ON_VMRUN = 32, /* to SKINIT: seven instructions */
	ON_SKINIT = 38,
	ON_WBINVD = 41,
	ON_MONITOR = 42,
	ON_MWAIT = 43,
	ON_MWAIT_ARMED = 44,
	ON_RDPRU = 46,
};

#define ON(n) BIT64(n)
#define ON_ALL                                                                                                  \
	(ON(ON_NMI) | ON(ON_INIT) | ON(ON_INVD) | ON(ON_INVLPGA) | ON(ON_PORT) | ON(ON_MSR) | ON(ON_SHUTDOWN) | \
	 GENMASK64(ON_SKINIT, ON_VMRUN) | ON(ON_WBINVD))
/* The root was told what the CPU is before we came. */
#define ON_CELL (ON(ON_RDPMC) | ON(ON_CPUID) | ON(ON_MONITOR) | ON(ON_MWAIT) | ON(ON_MWAIT_ARMED) | ON(ON_RDPRU))

/* And those of svm.h. */
enum {
	EXIT_CODE_EXCEPTION = 0x40,
	EXIT_CODE_NMI = 0x61,
	EXIT_CODE_INIT = 0x63,
	EXIT_CODE_RDPMC = 0x6f,
	EXIT_CODE_CPUID = 0x72,
	EXIT_CODE_IRET = 0x74,
	EXIT_CODE_INVD = 0x76,
	EXIT_CODE_INVLPGA = 0x7a,
	EXIT_CODE_PORT = 0x7b,
	EXIT_CODE_SHUTDOWN = 0x7f,
	EXIT_CODE_VMRUN = 0x80,
	EXIT_CODE_SKINIT = 0x86,
	EXIT_CODE_WBINVD = 0x89,
	EXIT_CODE_MONITOR = 0x8a,
	EXIT_CODE_RDPRU = 0x8e,
	EXIT_CODE_NESTED_FAULT = 0x400,
};

#define EVENT_VALID BIT64(31)
#define EVENT_ERROR BIT64(11)
#define EVENT_TYPE_SHIFT 8
#define EVENT_TYPE(event) ((event) >> EVENT_TYPE_SHIFT & 7)
#define EVENT_TYPE_INTERRUPT 0ull
#define EVENT_TYPE_NMI 2ull
#define EVENT_TYPE_EXCEPTION 3ull
#define EVENT_TYPE_SOFTWARE 4ull

#define FAULT_ERROR_WRITE BIT64(1)
#define FAULT_ERROR_FETCH BIT64(4)

#define TLB_FLUSH_ALL 1
#define ASID_ROOT 1 /* translations are per CPU, and dropped when it changes owner: two are enough */
#define ASID_CELL 2

#define VM_CR_DISABLED BIT64(4)
#define VM_CR_R_INIT BIT64(1) /* an INIT is a security exception, and does not reset the CPU */
#define CPUID_SVM BIT64(2)
#define CPUID_NESTED_PAGING BIT64(0)

#define SEGMENT_LONG 0x200
#define SEGMENT_BIG 0x400
#define SEGMENT_CODE64 0xa9b
#define SEGMENT_CODE32 0xc9b
#define SEGMENT_CODE16 0x9b
#define SEGMENT_DATA32 0xc93
#define SEGMENT_DATA16 0x93
#define SEGMENT_LDT 0x82
#define SEGMENT_TSS 0x8b

/* svm_run.S */
void svm_sleep(void);
__noreturn void svm_loop(struct trap_frame *frame);
void svm_enter(struct cpu *cpu);
void svm_before(struct trap_frame *frame);
void svm_msr(struct trap_frame *frame);
void svm_after(struct trap_frame *frame);

static struct vmcb *vmcb_of(struct cpu *cpu)
{
	return (struct vmcb *)((char *)cpu + PERCPU_CONTROL - PERCPU_CPU);
}

static struct vmcb *own_vmcb(void)
{
	return vmcb_of(arch_this_cpu());
}

int vcpu_probe(void)
{
	struct cpuid_result extended = cpuid(0x80000000, 0);

	if (extended.eax < 0x8000000a || !(cpuid(0x80000001, 0).ecx & CPUID_SVM) || !(cpuid(0x8000000a, 0).edx & CPUID_NESTED_PAGING)) {
		log_line("these CPUs have no AMD-V with nested paging");
		return -BH_ENODEV;
	}
	if (msr_read(MSR_VM_CR) & VM_CR_DISABLED) {
		log_line("AMD-V is switched off by the firmware");
		return -BH_ENODEV;
	}
	return 0;
}

static struct segment segment(u16 selector, u16 attributes, u32 limit, u64 base)
{
	return (struct segment){ .selector = selector, .attributes = attributes, .limit = limit, .base = base };
}

void vcpu_enable(struct cpu *cpu)
{
	const struct entry_state *entry = &cpu->arch.entry;
	struct vmcb *v = vmcb_of(cpu);

	cpu->arch.found[0] = msr_read(MSR_VM_HSAVE_PA);
	msr_write(MSR_VM_HSAVE_PA, (u64)cpu + PERCPU_HOST - PERCPU_CPU);
	cpu->arch.found[1] = msr_read(MSR_VM_CR);
	msr_write(MSR_VM_CR, cpu->arch.found[1] | VM_CR_R_INIT);

	v->cs = segment(KERNEL_CS, SEGMENT_CODE64, ~0u, 0);
	v->ss = segment(KERNEL_SS, SEGMENT_DATA32, ~0u, 0);
	v->gdtr = segment(0, 0, entry->gdtr.limit, entry->gdtr.base);
	v->idtr = segment(0, 0, entry->idtr.limit, entry->idtr.base);
	v->efer = msr_read(MSR_EFER); /* the driver set SVME */
	v->cr0 = read_cr0();
	v->cr2 = read_cr2();
	v->cr3 = entry->cr3;
	v->cr4 = entry->cr4;
	v->dr6 = read_dr6();
	v->dr7 = read_dr7();
	v->rflags = RFLAGS_FIXED;
	v->rip = entry->resume;
	v->rsp = entry->rsp;
	v->pat = msr_read(MSR_PAT);
	/* FS, GS, TR, LDTR and the registers of system calls stay in the CPU: we do not use them. */
}

static void put_back(const struct cpu *cpu)
{
	msr_write(MSR_VM_CR, cpu->arch.found[1]);
	msr_write(MSR_VM_HSAVE_PA, cpu->arch.found[0]);
}

void vcpu_disable(struct cpu *cpu)
{
	struct entry_state *entry = &cpu->arch.entry;
	const struct vmcb *v = vmcb_of(cpu);

	entry->cr3 = v->cr3;
	entry->cr4 = v->cr4;
	entry->rsp = v->rsp;
	entry->gdtr = (struct table_register){ .limit = (u16)v->gdtr.limit, .base = v->gdtr.base };
	entry->idtr = (struct table_register){ .limit = (u16)v->idtr.limit, .base = v->idtr.base };
	__asm__ volatile("mov %0, %%cr2" : : "r"(v->cr2));
	__asm__ volatile("mov %0, %%cr0" : : "r"(v->cr0));
	write_dr6(v->dr6);
	write_dr7(v->dr7);
	msr_write(MSR_PAT, v->pat);
	put_back(cpu);
	msr_write(MSR_EFER, v->efer);
}

void vcpu_off(struct cpu *cpu)
{
	__asm__ volatile("stgi" : : : "memory");
	put_back(cpu);
	msr_write(MSR_EFER, msr_read(MSR_EFER) & ~EFER_SVME);
}

/* A guest can make these two come again and again without an instruction in between, and then no NMI is taken. */
static u32 exceptions_of(const struct cell *cell)
{
	return cell_is_root(cell) ? 0 : 1u << VECTOR_DB | 1u << VECTOR_AC;
}

void vcpu_bind(struct cpu *cpu, const struct cell *cell)
{
	struct vmcb *v = vmcb_of(cpu);
	bool root = cell_is_root(cell);
	u64 intercepts = ON_ALL | (root ? 0 : ON_CELL);

	v->intercept[0] = (u32)intercepts;
	v->intercept[1] = (u32)(intercepts >> 32);
	v->intercept_exceptions = exceptions_of(cell);
	cpu->arch.nmi_step = 0;
	v->port_map = cell->arch.port_map;
	v->msr_map = (u64)(root ? msr_map_root : msr_map_cell);
	v->asid = root ? ASID_ROOT : ASID_CELL;
	v->nested_enable = 1;
	v->nested_root = cell->arch.nested_root;
	stage2_forget(cpu);
}

/* What is loaded only by VMLOAD is loaded here, and else stays in the CPU. */
static void reset_common(struct vmcb *v)
{
	v->gdtr = v->idtr = segment(0, 0, 0xffff, 0);
	v->ldtr = segment(0, SEGMENT_LDT, 0xffff, 0);
	v->tr = segment(0, SEGMENT_TSS, 0xffff, 0);
	v->star = v->lstar = v->cstar = v->sfmask = v->kernel_gs_base = 0;
	v->sysenter_cs = v->sysenter_esp = v->sysenter_eip = 0;
	v->cpl = 0;
	v->efer = EFER_SVME;
	v->cr2 = v->cr3 = v->cr4 = 0;
	v->dr6 = DR6_RESET;
	v->dr7 = DR7_RESET;
	v->rflags = RFLAGS_FIXED;
	v->rsp = 0;
	v->pat = PAT_RESET;
	v->debugctl = 0;
	v->inject = v->shadow = v->virtual_interrupt = 0;
	__asm__ volatile("vmload %0" : : "a"(v) : "memory");
}

void vcpu_reset_flat(struct cpu *cpu, u32 entry)
{
	struct vmcb *v = vmcb_of(cpu);

	v->cs = segment(KERNEL_CS, SEGMENT_CODE32, ~0u, 0);
	v->ss = v->ds = v->es = v->fs = v->gs = segment(KERNEL_SS, SEGMENT_DATA32, ~0u, 0);
	v->cr0 = CR0_PE | CR0_ET;
	v->rip = entry;
	reset_common(v);
}

void vcpu_reset_real(struct cpu *cpu, u8 vector)
{
	struct vmcb *v = vmcb_of(cpu);

	v->cs = segment((u16)(vector << 8), SEGMENT_CODE16, 0xffff, (u64)vector << 12);
	v->ss = v->ds = v->es = v->fs = v->gs = segment(0, SEGMENT_DATA16, 0xffff, 0);
	v->cr0 = CR0_ET | CR0_NW | CR0_CD;
	v->rip = 0;
	reset_common(v);
}

void vcpu_run(struct cpu *cpu, u64 rcx, u64 rdx, u64 rsi, u64 rdi)
{
	struct trap_frame *frame = frame_of(cpu);

	*frame = (struct trap_frame){ .r = { [REG_RCX] = rcx, [REG_RDX] = rdx, [REG_RSI] = rsi, [REG_RDI] = rdi } };
	frame->r[REG_RSP] = vmcb_of(cpu)->rsp;
	svm_loop(frame);
}

void vcpu_sleep(void)
{
	if (msr_read(MSR_EFER) & EFER_SVME)
		svm_sleep();
	else /* a panic before or after */
		__asm__ volatile("hlt");
}

void vcpu_skip(struct cpu *cpu, u32 length)
{
	struct vmcb *v = vmcb_of(cpu);

	v->rip += length;
	v->shadow = 0;
}

void vcpu_inject(u32 vector, bool has_error, u32 error)
{
	own_vmcb()->inject = EVENT_VALID | EVENT_TYPE_EXCEPTION << 8 | vector | (has_error ? EVENT_ERROR | (u64)error << 32 : 0);
}

bool vcpu_inject_nmi(void)
{
	struct vmcb *v = own_vmcb();

	if (v->inject & EVENT_VALID)
		return false;
	v->inject = EVENT_VALID | EVENT_TYPE_NMI << 8 | VECTOR_NMI;
	v->intercept[0] |= ON(ON_IRET);
	return true;
}

bool vcpu_handles_nmi(void)
{
	return own_vmcb()->intercept[0] & ON(ON_IRET) || arch_this_cpu()->arch.nmi_step;
}

bool vcpu_is_user(void)
{
	return own_vmcb()->cpl != 0;
}

u32 vcpu_code_bits(void)
{
	const struct vmcb *v = own_vmcb();

	if ((v->efer & EFER_LMA) && (v->cs.attributes & SEGMENT_LONG))
		return 64;
	return v->cs.attributes & SEGMENT_BIG ? 32 : 16;
}

u64 vcpu_read(enum vcpu_register reg)
{
	const struct vmcb *v = own_vmcb();

	switch (reg) {
	case VCPU_RIP: return v->rip;
	case VCPU_RFLAGS: return v->rflags;
	case VCPU_CR0: return v->cr0;
	case VCPU_CR2: return v->cr2;
	case VCPU_CR3: return v->cr3;
	case VCPU_CR4: return v->cr4;
	case VCPU_EFER: return v->efer & ~EFER_SVME;
	case VCPU_CS_BASE: return v->cs.base;
	default: return v->exit_code << 32 | (u32)v->exit_info1;
	}
}

/* SVME stays, whatever a guest thinks: without it the next VMRUN would not run. */
bool vcpu_write_efer(u64 value)
{
	struct vmcb *v = own_vmcb();
	u32 edx = cpuid(0x80000001, 0).edx, ecx = cpuid(0x80000001, 0).ecx;
	u64 allowed =
		EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE | EFER_SVME | (edx & 1u << 25 ? EFER_FFXSR : 0) | (ecx & 1u << 17 ? EFER_TCE : 0);

	if ((value & ~allowed) || ((v->efer ^ value) & EFER_LME && v->cr0 & CR0_PG))
		return false;
	v->efer = (value & ~EFER_LMA) | (v->efer & EFER_LMA) | EFER_SVME;
	stage2_forget(arch_this_cpu());
	return true;
}

void svm_enter(struct cpu *cpu)
{
	vmcb_of(cpu)->tlb_control = stage2_enter(cpu) ? TLB_FLUSH_ALL : 0;
}

void svm_before(struct trap_frame *frame)
{
	struct cpu *cpu = (struct cpu *)(frame + 1);
	struct vmcb *v = vmcb_of(cpu);

	v->rax = frame->r[REG_RAX];
	v->rsp = frame->r[REG_RSP];
	svm_enter(cpu);
}

/* What is intercepted before it does anything interrupts no event that is being delivered. */
void svm_msr(struct trap_frame *frame)
{
	struct cpu *cpu = (struct cpu *)(frame + 1);
	struct vmcb *v = vmcb_of(cpu);

	stage2_leave(cpu);
	frame->r[REG_RAX] = v->rax;
	v->inject = 0;
	trap_msr(cpu, frame, v->exit_info1 & 1);
	v->rax = frame->r[REG_RAX];
	svm_enter(cpu);
}

/* QEMU reports interrupts and NMIs that it was delivering as exceptions, which VMRUN then refuses. */
static u64 event_type(u64 type, u32 vector)
{
	if (type != EVENT_TYPE_EXCEPTION)
		return type;
	return vector > 31 ? EVENT_TYPE_INTERRUPT : vector == VECTOR_NMI ? EVENT_TYPE_NMI : type;
}

/*
 * An event that was being delivered when the exit came is delivered again: an interrupt was acknowledged already. Software
 * interrupts are not: the instruction comes again.
 */
static u64 interrupted_event(const struct vmcb *v)
{
	u64 event = v->exit_event;
	u32 vector = event & 0xff;
	u64 type = event_type(EVENT_TYPE(event), vector);

	if (!(event & EVENT_VALID) || type == EVENT_TYPE_SOFTWARE || (type == EVENT_TYPE_EXCEPTION && (vector == 3 || vector == 4)))
		return 0;
	return (event & ~(7ull << EVENT_TYPE_SHIFT)) | type << EVENT_TYPE_SHIFT;
}

/*
 * The guest's handler of an NMI returns. The next NMI may not come before the IRET is done, which uses the place where the next one's
 * frame goes: so it is stepped. If it faults, the flag goes the way of the fault's frame, and the IRET that is tried again is the step.
 */
static void nmi_step(struct cpu *cpu)
{
	struct vmcb *v = vmcb_of(cpu);

	count_exit(cpu, EXIT_OTHER);
	v->intercept[0] &= ~(u32)ON(ON_IRET);
	v->intercept_exceptions |= 1u << VECTOR_DB;
	v->rflags |= RFLAGS_TF;
	cpu->arch.nmi_step = 1;
}

static void debug_exit(struct cpu *cpu)
{
	struct vmcb *v = vmcb_of(cpu);

	if (!cpu->arch.nmi_step) {
		trap_exception(cpu, VECTOR_DB, false, 0);
		return;
	}
	cpu->arch.nmi_step = 0;
	v->intercept_exceptions = exceptions_of(cpu->cell);
	v->dr6 &= ~DR6_STEP;
	trap_nmi_end(cpu);
}

static void port_exit(struct cpu *cpu, struct trap_frame *frame, const struct vmcb *v)
{
	u64 info = v->exit_info1;
	struct port_access access = {
		.port = (u16)(info >> 16),
		.width = (u8)(info >> 4 & 7),
		.in = info & 1,
		.string = info >> 2 & 1,
		.length = (u8)(v->exit_info2 - v->rip),
	};

	trap_port(cpu, frame, access);
}

static void dispatch(struct cpu *cpu, struct trap_frame *frame, const struct vmcb *v)
{
	switch (v->exit_code) {
	case EXIT_CODE_NMI: trap_nmi(cpu); return;
	case EXIT_CODE_INIT: trap_init(cpu); return;
	case EXIT_CODE_IRET: nmi_step(cpu); return;
	case EXIT_CODE_CPUID: trap_cpuid(cpu, frame); return;
	case EXIT_CODE_PORT: port_exit(cpu, frame, v); return;
	case EXIT_CODE_NESTED_FAULT:
		trap_memory(cpu, frame, v->exit_info2, v->exit_info1 & FAULT_ERROR_WRITE, v->exit_info1 & FAULT_ERROR_FETCH);
		return;
	case EXIT_CODE_INVD:
	case EXIT_CODE_WBINVD: trap_cache(cpu); return;
	case EXIT_CODE_SHUTDOWN: trap_shutdown(cpu); return;
	case EXIT_CODE_EXCEPTION + VECTOR_DB: debug_exit(cpu); return;
	case EXIT_CODE_EXCEPTION + VECTOR_AC: trap_exception(cpu, VECTOR_AC, true, (u32)v->exit_info1); return;
	case EXIT_CODE_RDPMC: trap_exception(cpu, VECTOR_GP, true, 0); return;
	case EXIT_CODE_INVLPGA:
	case EXIT_CODE_VMRUN:
	case EXIT_CODE_VMMCALL ... EXIT_CODE_SKINIT: /* a hypercall: a process may not, only its kernel owns the machine */
	case EXIT_CODE_MONITOR ... EXIT_CODE_RDPRU: trap_forbidden(cpu); return;
	default: trap_unknown(cpu, v->exit_code);
	}
}

void svm_after(struct trap_frame *frame)
{
	struct cpu *cpu = (struct cpu *)(frame + 1);
	struct vmcb *v = vmcb_of(cpu);

	stage2_leave(cpu);
	frame->r[REG_RAX] = v->rax;
	frame->r[REG_RSP] = v->rsp;
	v->inject = interrupted_event(v);
	dispatch(cpu, frame, v);
}
