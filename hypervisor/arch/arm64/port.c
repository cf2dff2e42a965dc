/* SPDX-License-Identifier: GPL-2.0-only */
/* The rest of arch.h on arm64: probing, bringing a CPU in and out, running and parking guests. */
#include <asm/context.h>
#include <asm/port.h>
#include <asm/sysregs.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

struct arch_facts arch_facts;

struct cpu *arch_this_cpu(void)
{
	return this_cpu();
}

u64 arch_counter(void)
{
	isb(); /* not before what precedes it */
	return read_sysreg(cntpct_el0);
}

void arch_cpu_relax(void)
{
	__asm__ volatile("yield");
}

int arch_probe(const struct system_plan *plan)
{
	if (read_sysreg(hcr_el2) & HCR_E2H) {
		log_line("the kernel runs at EL2 (VHE); boot it with id_aa64mmfr1.vh=0");
		return -BH_ENODEV;
	}
	if (plan->machine->conduit != BLOB_CONDUIT_SMC) {
		log_line("firmware is not called by SMC: there is none below EL2");
		return -BH_ENODEV;
	}
	arch_facts.counter_hz = read_sysreg(cntfrq_el0);
	return gic_probe(plan);
}

int arch_controllers(const struct system_plan *plan, int (*add)(struct range r))
{
	int err = add(range_make(plan->gic->gicd_base, plan->gic->gicd_size));

	for (u32 i = 0; i < plan->gicr_count && err == 0; i++)
		err = add(range_make(plan->gicr[i].base, plan->gicr[i].size));
	return err;
}

int arch_cpu_init(struct cpu *cpu)
{
	if ((read_sysreg(mpidr_el1) & MPIDR_AFFINITY) != cpu->slot->hwid)
		return -BH_EINVAL;
	context_save_native(cpu);
	int err = gic_cpu_init(cpu);
	if (err)
		return err;
	context_enter(cpu, cell_root());
	/* Until now this CPU's EL1 ran without stage 2: nothing of that may be used with it. */
	__asm__ volatile("tlbi alle1");
	dsb(nsh);
	isb();
	return 0;
}

void arch_cpu_undo(struct cpu *cpu)
{
	gic_cpu_exit(cpu);
	context_restore_native(cpu);
	__asm__ volatile("tlbi alle1");
	dsb(nsh);
	isb();
}

void arch_cpu_exit(struct cpu *cpu)
{
	arch_cpu_undo(cpu);
	store_release(&cpu->slot->state, CPU_NATIVE);
	native_return(cpu, cpu->arch.frame, 0);
}

void arch_cpu_power_off(struct cpu *cpu)
{
	gic_cpu_exit(cpu);
	context_restore_native(cpu);
	store_release(&cpu->slot->state, CPU_OFF);
	psci_cpu_off();
}

bool arch_cpu_is_off(const struct cpu_slot *slot)
{
	return psci_is_off(slot->hwid);
}

void arch_cpu_park(struct cpu *cpu)
{
	gic_cpu_quiesce(cpu);
	stack_reset(cpu, cpu_park_loop);
}

void arch_cpu_run(struct cpu *cpu, u64 entry, u64 argument)
{
	context_reset(cpu);
	context_enter(cpu, cpu->cell);
	gic_cpu_enter(cpu, cpu->cell);
	write_sysreg(elr_el2, entry);
	write_sysreg(spsr_el2, 0x3c5); /* EL1h, DAIF masked */
	guest_enter(argument);
}

int arch_cell_check(const struct cell_plan *plan)
{
	return gic_cell_check(plan);
}

/* Interrupts reach a guest through its CPU interface; there are no pages to give. */
bool arch_irq_page(bool root, u32 cpu, u32 vcpu, struct gpa *gpa, struct pa *pa)
{
	return false;
}
