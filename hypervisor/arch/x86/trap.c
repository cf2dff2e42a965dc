/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns what exits mean that are neither registers nor memory: NMIs and requests, caches, the ends of guests. */
#include <asm/port.h>
#include <asm/vcpu.h>
#include <asm/x86.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

#define CACHE_LENGTH 2

void own_exception(u64 vector, u64 error, u64 rip);

void cell_fault(struct cpu *cpu, enum fault_cause cause, u64 address, u64 vaddress)
{
	struct fault_record record;

	memset(&record, 0, sizeof(record));
	record.cause = cause;
	record.pc = vcpu_read(VCPU_RIP);
	record.address = address;
	record.vaddress = vaddress;
	record.syndrome = vcpu_read(VCPU_SYNDROME);
	record.pstate = vcpu_read(VCPU_RFLAGS);
	record.sp = frame_of(cpu)->r[REG_RSP];
	memcpy(record.regs, frame_of(cpu)->r, sizeof(frame_of(cpu)->r));
	record.regs[16] = vcpu_read(VCPU_CR0);
	record.regs[17] = vcpu_read(VCPU_CR2);
	record.regs[18] = vcpu_read(VCPU_CR3);
	record.regs[19] = vcpu_read(VCPU_CR4);
	record.regs[20] = vcpu_read(VCPU_EFER);
	record.regs[21] = vcpu_read(VCPU_CS_BASE);
	cell_fail(cpu, &record);
}

void inject_gp(struct cpu *cpu)
{
	vcpu_inject(VECTOR_GP, true, 0);
}

/* INIT as the guest's system sees it: the CPU waits for a SIPI. Off before the request goes: a SIPI waits for that. */
static void wait_for_sipi(struct cpu *cpu)
{
	store_release(&cpu->slot->power, POWER_OFF);
	atomic_and(&cpu->slot->request, ~CPU_REQ_INIT);
	arch_cpu_park(cpu);
}

void requests_service(struct cpu *cpu)
{
	u32 request = load_acquire(&cpu->slot->request);

	if (request & CPU_REQ_INIT)
		wait_for_sipi(cpu);
	if ((request & CPU_REQ_NMI) && !vcpu_handles_nmi()) {
		if (vcpu_inject_nmi())
			atomic_and(&cpu->slot->request, ~CPU_REQ_NMI);
		else
			arch_cpu_kick(cpu->slot); /* another event goes first: back here when it is delivered */
	}
	(void)cpu_service(cpu); /* a kick to itself comes for what else was asked meanwhile */
}

static void real_nmi(struct cpu *cpu)
{
	count_exit(cpu, EXIT_X86_NMI);
	if (cell_is_root(cpu->cell))
		atomic_or(&cpu->slot->request, CPU_REQ_NMI);
}

/* Ours, or a real one: that is the root's. It stays pending until it is taken here; only then do we look whose it was. */
void trap_nmi(struct cpu *cpu)
{
	bool kick;

	vcpu_open(false);
	kick_taken(cpu, &kick);
	if (kick)
		count_exit(cpu, EXIT_KICK);
	else
		real_nmi(cpu);
	requests_service(cpu);
}

/* A device's message, as guests send none. It is nobody's: it stays pending until it is taken here, and that is all. */
void trap_init(struct cpu *cpu)
{
	bool kick;

	count_exit(cpu, EXIT_OTHER);
	vcpu_open(false);
	if (kick_taken(cpu, &kick) && !kick)
		real_nmi(cpu);
	requests_service(cpu);
}

void trap_nmi_end(struct cpu *cpu)
{
	count_exit(cpu, EXIT_OTHER);
	requests_service(cpu);
}

/* Caches are the machine's: written back for the root, and never invalidated without. */
void trap_cache(struct cpu *cpu)
{
	count_exit(cpu, EXIT_X86_CACHE);
	if (cell_is_root(cpu->cell))
		cache_write_back();
	vcpu_skip(cpu, CACHE_LENGTH);
}

void trap_forbidden(struct cpu *cpu)
{
	count_exit(cpu, EXIT_OTHER);
	vcpu_inject(VECTOR_UD, false, 0);
}

void trap_exception(struct cpu *cpu, u32 vector, bool has_error, u32 error)
{
	count_exit(cpu, EXIT_X86_EXCEPTION);
	vcpu_inject(vector, has_error, error);
}

/* What a PC does: the machine is reset, unless a critical cell runs. Then this CPU has no guest to go on with. */
static __noreturn void reset_machine(void)
{
	const struct blob_x86 *x86 = system_plan.x86;

	if (x86->reset_port)
		port_write8(x86->reset_port, x86->reset_value);
	port_write8(0xcf9, 6);
	port_write8(0x64, 0xfe);
	for (;;)
		cpu_pause();
}

void trap_shutdown(struct cpu *cpu)
{
	count_exit(cpu, EXIT_X86_SHUTDOWN);
	if (!cell_is_root(cpu->cell))
		cell_fault(cpu, FAULT_UNKNOWN, 0, 0);
	if (cell_refuses_reset())
		cpu_power_off(cpu);
	reset_machine();
}

void trap_unknown(struct cpu *cpu, u64 code)
{
	count_exit(cpu, EXIT_OTHER);
	(void)cpu_service(cpu);
	if (!cell_is_root(cpu->cell))
		cell_fault(cpu, FAULT_UNKNOWN, 0, 0);
	panic("the root's CPU cannot go on: exit=0x%llx rip=0x%llx", (unsigned long long)code, (unsigned long long)vcpu_read(VCPU_RIP));
}

void own_exception(u64 vector, u64 error, u64 rip)
{
	panic("exception %llu error=0x%llx rip=0x%llx address=0x%llx", (unsigned long long)vector, (unsigned long long)error,
	      (unsigned long long)rip, (unsigned long long)read_cr2());
}
