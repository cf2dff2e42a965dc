/* SPDX-License-Identifier: GPL-2.0-only */
/* The rest of arch.h on RISC-V: probing, bringing a CPU in and out, running and parking guests, the kick. */
#include <asm/context.h>
#include <asm/csr.h>
#include <asm/port.h>
#include <asm/sbi.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define KICK_SOFTWARE_INTERRUPT 2 /* system_info.kick_method */

struct arch_facts arch_facts;

struct cpu *arch_this_cpu(void)
{
	return this_cpu();
}

u64 arch_counter(void)
{
	return read_csr(CSR_TIME);
}

void arch_cpu_relax(void)
{
	spin_hint();
}

int arch_probe(const struct system_plan *plan)
{
	int err = context_probe();

	if (err == 0)
		err = aia_probe(plan);
	arch_facts.counter_hz = plan->machine->counter_hz;
	arch_facts.kick_method = KICK_SOFTWARE_INTERRUPT;
	return err;
}

int arch_controllers(const struct system_plan *plan, int (*add)(struct range r))
{
	return aia_controllers(plan, add);
}

int arch_cpu_init(struct cpu *cpu)
{
	context_save_native(cpu);
	int err = aia_cpu_init(cpu);
	if (err) {
		context_restore_native(cpu);
		return err;
	}
	context_enter(cpu, cell_root());
	return 0;
}

void arch_cpu_undo(struct cpu *cpu)
{
	aia_cpu_exit(cpu);
	context_restore_native(cpu);
}

void arch_cpu_exit(struct cpu *cpu)
{
	struct trap_frame *frame = frame_of(cpu);

	arch_cpu_undo(cpu);
	cpu->arch.entry.resume = frame->x[REG_A0]; /* HC_CPU_EXIT says where it goes on, see abi/boot.h */
	store_release(&cpu->slot->state, CPU_NATIVE);
	native_return(cpu, frame->x[REG_SP], 0);
}

void arch_cpu_power_off(struct cpu *cpu)
{
	arch_cpu_undo(cpu);
	store_release(&cpu->slot->state, CPU_OFF);
	struct sbi_result r = sbi_call(SBI_EXT_HSM, SBI_HSM_STOP, 0, 0, 0, 0, 0);
	panic("firmware refused to stop the hart: %lld", (long long)r.error);
}

bool arch_cpu_is_off(const struct cpu_slot *slot)
{
	struct sbi_result r = sbi_call(SBI_EXT_HSM, SBI_HSM_STATUS, slot->hwid, 0, 0, 0, 0);

	return r.error == SBI_SUCCESS && r.value == SBI_HSM_STOPPED;
}

/* A supervisor software interrupt by firmware: taken whatever the guest masks, as it is not delegated. */
void arch_cpu_kick(const struct cpu_slot *slot)
{
	struct sbi_result r = sbi_call(SBI_EXT_IPI, 0, 1, slot->hwid, 0, 0, 0);

	CHECK(r.error == SBI_SUCCESS);
}

void arch_cpu_wait(void)
{
	struct cpu *cpu = this_cpu();
	u64 enabled = swap_csr(CSR_VSIE, 0); /* a suspended guest's pend, and do not end the sleep */

	wait_interrupt(); /* none is taken */
	clear_csr(CSR_SIP, IP_SSIP);
	if (read_csr(CSR_SIP) & IP_SEIP)
		aia_external(cpu);
	if (read_csr(CSR_SIP) & IP_STIP) {
		clear_csr(CSR_SIE, IP_STIP);
		if (cpu->cell) /* else a former owner's timer */
			set_csr(CSR_HVIP, IP_VSTIP);
	}
	write_csr(CSR_VSIE, enabled);
}

void arch_cpu_park(struct cpu *cpu)
{
	context_quiesce();
	aia_cpu_reset(cpu);
	stack_reset(cpu, cpu_park_loop);
}

void arch_cpu_run(struct cpu *cpu, u64 entry, u64 argument)
{
	context_reset(cpu);
	aia_cpu_reset(cpu);
	context_enter(cpu, cpu->cell);
	write_csr(CSR_SEPC, entry);
	guest_enter(cell_is_root(cpu->cell) ? cpu->slot->hwid : cpu->vcpu, argument, 0, 0, 0);
}

int arch_cell_check(const struct cell_plan *plan)
{
	return aia_cell_check(plan);
}
